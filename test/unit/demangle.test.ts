/** Names of C++ and Rust, as their authors wrote them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demangled } from '../../kernel/loader/symbols/demangle.ts';

/** as the linker knows it → as it is shown */
const NAMES: [string, string][] = [
  ['main', 'main'],
  ['main.(*Shop).Open', 'main.(*Shop).Open'],
  ['_ZN4shop4CartIiE3addEiPKc', 'shop::Cart<int>::add(int, char const*)'],
  ['_Znot_a_name', '_Znot_a_name'],
  ['_ZN4core3fmt9Formatter3pad17h0123456789abcdefE', 'core::fmt::Formatter::pad'],
  [
    '_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$3bar17h930b740aa94f1d3aE',
    "<Test + 'static as foo::Bar<Test>>::bar",
  ],
  ['_RNvC6_123foo3bar', '123foo::bar'],
  ['_RNCNCNgCs6DXkGYLi8lr_2cc5spawn00B5_', 'cc::spawn::{closure#0}::{closure#0}'],
  ['_RNvMsr_NtCs3ssYzQotkvD_3std4pathNtB5_7PathBuf3newCs15kBYyAo9fc_7mycrate', '<std::path::PathBuf>::new'],
  [
    '_RINbNbCskIICzLVDPPb_5alloc5alloc8box_freeDINbNiB4_5boxed5FnBoxuEp6OutputuEL_ECs1iopQbuBiw2_3std',
    'alloc::alloc::box_free::<dyn alloc::boxed::FnBox<(), Output = ()>>',
  ],
  [
    '_RNvYNtNtCs3ssYzQotkvD_3std4path7PathBufNtNtB6_5clone5Clone5clone',
    '<std::path::PathBuf as std::clone::Clone>::clone',
  ],
  ['_RINvC3foo3barRhAjj3_E', 'foo::bar::<&u8, [usize; 3]>'],
  ['_RNvC3foo', '_RNvC3foo'],
  ['_RBB_', '_RBB_'],
];

for (const [mangled, shown] of NAMES) test(shown, () => assert.equal(demangled(mangled), shown));

test('a name that unfolds without end is shown as it is', () => {
  let name = '_RIC1a';
  for (let i = 0; i < 60; i++) name += `TB3_B3_E`;
  assert.equal(demangled(name), name);
});

test('any text is answered', () => {
  const letters = 'RNvCMXYIBETSAFDLKGUs_0123456789abuhpnE';
  let state = 7;
  for (let n = 0; n < 20_000; n++) {
    let name = '_RN';
    for (let i = 0; i < 40; i++) {
      state = (state * 1103515245 + 12345) & 0x7fffffff;
      name += letters[(state >> 12) % letters.length];
    }
    assert.ok(demangled(name).length <= 8192);
  }
});
