// Functions and variables of programs and libraries, by name.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace userSymbols {

struct Symbol {
  std::string name;
  /** In the file. */
  uint64_t offset;
  /** As the linker placed it. */
  uint64_t address;
  /** Bytes; 0 = not known. */
  uint64_t size;
  bool isFunction;
};

/**
 * The one of this name, else those whose names a glob (`*`, `[…]`) matches, each name once; with `cpp`, by demangled
 * names without parameters, of which there may be several. Throws ENOENT when the file cannot be read, EINVAL when it is no ELF file.
 */
std::vector<Symbol> matching(const std::string& path, const std::string& pattern, bool cpp);

/** Offset in the file of a function's first instruction. Throws ENOENT when there is no such function. */
uint64_t functionOffset(const std::string& path, const std::string& name);

/** A C++ name as the programmer wrote it; empty when it is none. */
std::string demangled(const char* name);

}  // namespace userSymbols
