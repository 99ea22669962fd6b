// Programs and libraries as user probes name them.
#pragma once

#include <cstdint>
#include <string>

namespace binaries {

/** The path itself when `name` has one; else the first match in PATH, then in the library folders. */
std::string find(const std::string& name);

/** Offset in the file of a function's first instruction. Throws ENOENT when there is no such function. */
uint64_t symbolOffset(const std::string& path, const std::string& symbol);

}  // namespace binaries
