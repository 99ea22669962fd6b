/** Cases of others that are answered otherwise here, on purpose: by suite and name, with the reason. */
export const DIFFERENCES: Readonly<Record<string, string>> = {
  'stdlib: assert_macro':
    'a failed assert() is told where the program calls it, not at a line of a library that its author never saw',
};
