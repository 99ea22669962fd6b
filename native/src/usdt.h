// USDT probes of a program or library, from its ELF notes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace usdt {

/** One place in the code where a probe fires; a probe may have several. Offsets count in the file. */
struct Site {
  std::string provider;
  std::string name;
  /** Where each argument is, in the assembler's words: `-4@%edi 8@-8(%rbp)`. */
  std::string arguments;
  uint64_t offset;
  /** As the linker placed it. */
  uint64_t address;
  /** A counter of tracers that the program tests; 0 = it has none. */
  uint64_t semaphore;
};

/** Throws ENOENT when the file cannot be read, EINVAL when it is no ELF file; it need not have any probe. */
std::vector<Site> sites(const std::string& path);

}  // namespace usdt
