#include "perf_buffer.h"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "errors.h"

namespace {

/** What `sample_type` below makes of a sample. */
struct SampleHead {
  struct perf_event_header header;
  uint64_t time;
  uint32_t length;
} __attribute__((packed));

}  // namespace

PerfBuffer::PerfBuffer(int fd, size_t pages) {
  struct perf_event_attr attr {};
  attr.size = sizeof attr;
  attr.type = PERF_TYPE_SOFTWARE;
  attr.config = PERF_COUNT_SW_BPF_OUTPUT;
  attr.sample_period = 1;
  // Records of different CPUs are put into one order by their times, which must be of one clock for that.
  attr.sample_type = PERF_SAMPLE_TIME | PERF_SAMPLE_RAW;
  attr.use_clockid = 1;
  attr.clockid = CLOCK_BOOTTIME;
  // A wakeup costs more than a record; the reader looks by itself at times.
  attr.watermark = 1;
  attr.wakeup_watermark = std::max<size_t>(1, pages * sysconf(_SC_PAGESIZE) / 4);
  LogCapture log;
  buffer_.reset(perf_buffer__new_raw(fd, pages, &attr, nullptr, nullptr, nullptr));
  if (!buffer_) throw systemError(errno, "the perf buffer cannot be opened", log.text());
  for (size_t i = 0; i < perf_buffer__buffer_cnt(buffer_.get()); i++) {
    void* base;
    size_t bytes;
    int error = perf_buffer__buffer(buffer_.get(), i, &base, &bytes);
    if (error) throw systemError(-error, "the perf buffer cannot be read");
    rings_.emplace_back(base, bytes);
  }
}

PerfBuffer::Mark PerfBuffer::mark() const {
  struct timespec now;
  clock_gettime(CLOCK_BOOTTIME, &now);
  Mark mark{now.tv_sec * 1'000'000'000ull + now.tv_nsec, {}};
  for (const Ring& ring : rings_) mark.positions.push_back(ring.produced());
  return mark;
}

bool PerfBuffer::reached(const Mark& mark) const {
  for (size_t i = 0; i < rings_.size(); i++)
    if (rings_[i].position() < mark.positions[i]) return false;
  return true;
}

PerfBuffer::Ring::Ring(void* base, size_t bytes)
    : page_(static_cast<struct perf_event_mmap_page*>(base)),
      data_(static_cast<const uint8_t*>(base) + sysconf(_SC_PAGESIZE)),
      size_(bytes) {}

std::optional<PerfBuffer::Record> PerfBuffer::Ring::next(uint64_t end) {
  for (uint64_t at = position(); at < end; at = after_, release()) {
    // Events begin at multiples of eight bytes, so a header is never cut in two.
    struct perf_event_header header;
    memcpy(&header, data_ + (at & (size_ - 1)), sizeof header);
    after_ = at + header.size;
    // The programs count what they lose: Linux tells of it only with the next record that finds room.
    if (header.type != PERF_RECORD_SAMPLE || header.size < sizeof(SampleHead)) continue;
    const uint8_t* event = this->at(at, header.size);
    SampleHead head;
    memcpy(&head, event, sizeof head);
    return Record{head.time, event + sizeof head, std::min<uint32_t>(head.length, header.size - sizeof head)};
  }
  return std::nullopt;
}

const uint8_t* PerfBuffer::Ring::at(uint64_t position, size_t length) {
  size_t start = position & (size_ - 1);
  if (start + length <= size_) return data_ + start;
  joined_.resize(length);
  memcpy(joined_.data(), data_ + start, size_ - start);
  memcpy(joined_.data() + (size_ - start), data_, length - (size_ - start));
  return joined_.data();
}
