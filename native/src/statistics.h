// Linux's statistics of BPF programs: how often each ran, and for how long. To switch them on takes CAP_SYS_ADMIN,
// which the loader does not keep: a process of its own does, and can do nothing else.
#pragma once

namespace statistics {

/** Starts that process; to be called once, before capabilities are dropped. Where it cannot, keep() throws. */
void prepare();

/** Linux keeps statistics of all programs of the machine, or no longer. Each run of a program then takes longer. */
void keep(bool on);

}  // namespace statistics
