// What a program may be and do: tracing only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

struct bpf_object;

/**
 * Throws EPERM, naming the program or section, for a program or attach type, a helper or a kernel function
 * that is not on the lists. `elf` are the bytes that `object` was opened from; `actions` name what this object may
 * change besides: signal, signal_thread, override, write_user. EINVAL for another name.
 */
void scanAgainstAllowlist(struct bpf_object* object, const uint8_t* elf, size_t length,
                          const std::vector<std::string>& actions);
