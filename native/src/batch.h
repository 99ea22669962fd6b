// Bytes on their way to JavaScript: entries as kernel/loader/protocol.ts describes under BATCH_ENTRY.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

class Batch {
 public:
  /** Bytes in front of an entry's payload. */
  static constexpr size_t kHeader = 8;

  enum class Kind : uint8_t { record = 0, snapshot = 1 };

  void record(uint16_t ring, const void* payload, uint32_t length) {
    size_t entry = begin(Kind::record, ring);
    put(payload, length);
    end(entry);
  }

  /** With when it was written in front, ns since boot. */
  void record(uint16_t ring, const void* payload, uint32_t length, uint64_t time) {
    size_t entry = begin(Kind::record, ring);
    put(&time, sizeof time);
    put(payload, length);
    end(entry);
  }

  /** Starts an entry; its length is written by end(). */
  size_t begin(Kind kind, uint16_t index) {
    size_t entry = bytes.size();
    const uint8_t header[kHeader] = {0, 0, 0, 0, static_cast<uint8_t>(kind), 0, static_cast<uint8_t>(index), static_cast<uint8_t>(index >> 8)};
    put(header, sizeof header);
    return entry;
  }

  void end(size_t entry) {
    u32At(entry, bytes.size() - entry - kHeader);
    pad();
  }

  void put(const void* data, size_t length) {
    const auto* from = static_cast<const uint8_t*>(data);
    bytes.insert(bytes.end(), from, from + length);
  }

  void u32(uint32_t value) { put(&value, sizeof value); }
  void u32At(size_t position, uint32_t value) { memcpy(&bytes[position], &value, sizeof value); }
  /** Zeroes up to a multiple of 8; every entry starts at one. */
  void pad() { bytes.resize((bytes.size() + 7) & ~size_t{7}); }

  std::vector<uint8_t> bytes;
};
