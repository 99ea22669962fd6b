// Where this process sees tracefs.
#pragma once

#include <string>

namespace tracefs {

/**
 * The folder; where the system has none, a mount of this process's own that no other sees and that ends with
 * it. Throws when there is none to be had.
 */
std::string path();

}  // namespace tracefs
