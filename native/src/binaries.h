// Programs and libraries as user probes name them.
#pragma once

#include <string>

namespace binaries {

/** The path itself when `name` has one; else the first match in PATH, then in the library folders. */
std::string find(const std::string& name);

}  // namespace binaries
