// Functions of Linux's own that programs may call.
#pragma once

#include <string>

namespace functions {

/** Whether a program of an ELF section's kind may call a function of Linux's own; false where there is none. */
bool mayCall(const std::string& name, const std::string& section);

}  // namespace functions
