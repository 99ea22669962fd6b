// The consumer's side of one BPF ring buffer: its pages, mapped.
#pragma once

#include <cstddef>
#include <cstdint>

class Ring {
 public:
  /** A position of the producers'. */
  using Mark = uint64_t;

  /** `fd` stays the caller's and must outlive this. Throws for anything that is not a ring buffer. */
  explicit Ring(int fd);
  ~Ring();
  Ring(Ring&& other) noexcept;
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  /** How far the producers have reserved. */
  Mark mark() const { return __atomic_load_n(producer_, __ATOMIC_ACQUIRE); }
  bool reached(Mark mark) const { return *consumer_ >= mark; }
  int fd() const { return fd_; }

  /**
   * Hands over records (`visit(data, length)`) up to a mark, as long as visit answers true. Stops in front of a record
   * that is still being written. Answers what became free of the ring, 0 to 1.
   */
  template <typename Visit>
  double read(Mark end, Visit visit) {
    constexpr uint32_t busy = 1u << 31, discarded = 1u << 30;
    uint64_t position = *consumer_, start = position;
    for (bool more = true; more && position < end;) {
      const uint8_t* header = data_ + (position & mask_);
      uint32_t length = __atomic_load_n(reinterpret_cast<const uint32_t*>(header), __ATOMIC_ACQUIRE);
      if (length & busy) break;
      uint32_t bytes = length & ~discarded;
      if (!(length & discarded)) more = visit(header + 8, bytes);
      position += (uint64_t{bytes} + 8 + 7) & ~uint64_t{7};
      // Given back record by record: a producer may be waiting for room.
      __atomic_store_n(consumer_, position, __ATOMIC_RELEASE);
    }
    return static_cast<double>(position - start) / size();
  }

 private:
  uint64_t size() const { return mask_ + 1; }

  int fd_;
  uint64_t mask_;
  uint64_t* consumer_;
  const uint64_t* producer_;
  const uint8_t* data_;
};
