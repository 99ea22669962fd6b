// Linux's statistics of BPF programs: how often each ran, and for how long.
#pragma once

namespace statistics {

/** Linux keeps statistics of all programs of the machine, or no longer. Each run of a program then takes longer. */
void keep(bool on);

}  // namespace statistics
