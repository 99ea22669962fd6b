// The consumer's side of one perf buffer (BPF_MAP_TYPE_PERF_EVENT_ARRAY): a ring for each CPU.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <vector>

#include <bpf/libbpf.h>
#include <linux/perf_event.h>

class PerfBuffer {
 public:
  struct Mark {
    /** When it was made, ns since boot. */
    uint64_t time;
    /** How far the producers of each CPU had come. */
    std::vector<uint64_t> positions;
  };

  /**
   * Opens the rings of all CPUs that are online, `pages` (a power of two) pages each. `fd` stays the caller's and must
   * outlive this. Throws for any other type of map, and where Linux has no memory or leave for it.
   */
  PerfBuffer(int fd, size_t pages);
  PerfBuffer(PerfBuffer&&) = default;

  /** Becomes readable when a ring is a quarter full. */
  int fd() const { return perf_buffer__epoll_fd(buffer_.get()); }
  /** How many CPUs have a ring. */
  size_t cpus() const { return rings_.size(); }
  /** Memory of all rings for records. */
  uint64_t bytes() const { return rings_.empty() ? 0 : rings_.size() * rings_[0].size(); }
  Mark mark() const;
  bool reached(const Mark& mark) const;

  /**
   * Hands over records (`visit(data, length, time)`, ns since boot) up to a mark, as long as visit answers true, in the
   * order in which they were written on whatever CPU. Those that are newer than the mark wait for the next one, because
   * an older one of another CPU may not have been there yet. `length` counts what Linux put behind the record to fill
   * eight bytes. Answers what became free of the fullest ring, 0 to 1.
   */
  template <typename Visit>
  double read(const Mark& end, Visit visit) {
    std::vector<uint64_t> start;
    std::priority_queue<Record, std::vector<Record>, std::greater<>> heads;
    auto lookAt = [&](size_t ring) {
      auto record = rings_[ring].next(end.positions[ring]);
      if (!record) return;
      record->ring = ring;
      heads.push(*record);
    };
    for (size_t i = 0; i < rings_.size(); i++) {
      start.push_back(rings_[i].position());
      lookAt(i);
    }
    for (bool more = true; more && !heads.empty() && heads.top().time < end.time;) {
      Record head = heads.top();
      heads.pop();
      more = visit(head.data, head.length, head.time);
      rings_[head.ring].release();
      lookAt(head.ring);
    }
    double share = 0;
    for (size_t i = 0; i < rings_.size(); i++)
      share = std::max(share, static_cast<double>(rings_[i].position() - start[i]) / rings_[i].size());
    return share;
  }

 private:
  struct Record {
    uint64_t time;
    const uint8_t* data;
    uint32_t length;
    /** Index of the ring that it is in. */
    size_t ring = 0;
    bool operator>(const Record& other) const { return time > other.time; }
  };

  /** One CPU's. */
  class Ring {
   public:
    Ring(void* base, size_t bytes);
    uint64_t produced() const { return __atomic_load_n(&page_->data_head, __ATOMIC_ACQUIRE); }
    uint64_t position() const { return page_->data_tail; }
    uint64_t size() const { return size_; }
    /** The next record in front of `end`; other events are given back. It is good until release(). */
    std::optional<Record> next(uint64_t end);
    /** Gives the record back that next() answered. */
    void release() { __atomic_store_n(&page_->data_tail, after_, __ATOMIC_RELEASE); }

   private:
    /** In one piece: an event that goes on at the ring's start is put together first. */
    const uint8_t* at(uint64_t position, size_t length);

    struct perf_event_mmap_page* page_;
    const uint8_t* data_;
    uint64_t size_;
    uint64_t after_ = 0;
    std::vector<uint8_t> joined_;
  };

  struct Free {
    void operator()(struct perf_buffer* buffer) const { perf_buffer__free(buffer); }
  };

  std::unique_ptr<struct perf_buffer, Free> buffer_;
  std::vector<Ring> rings_;
};
