// Descriptors that Linux hands out to CAP_SYS_ADMIN only, which the loader does not keep: a process of its own does,
// and can do nothing else than ask for these.
#pragma once

#include <cstdint>

namespace descriptors {

/** Starts that process; to be called once, before capabilities are dropped. Where it cannot, all others throw EPERM. */
void prepare();

/** While it is open, Linux keeps statistics of all programs of the machine. */
int statistics();

/** The loaded program whose id is next; 0 = there is none. */
uint32_t nextProgram(uint32_t id);

/** A loaded program; throws ENOENT where none has this id. */
int program(uint32_t id);

/** The types of a loaded program, by an id of their own. */
int types(uint32_t id);

}  // namespace descriptors
