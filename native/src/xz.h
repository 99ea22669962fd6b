// Unpacks what `xz` packed: the symbols that distributions leave in stripped programs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace xz {

/** Dictionaries beyond it are refused. */
constexpr uint64_t kMostMemory = 64 << 20;

/** Throws EINVAL for anything that is not whole and sound, and for more than `most` bytes. */
std::vector<uint8_t> unpack(const uint8_t* bytes, size_t size, size_t most);

}  // namespace xz
