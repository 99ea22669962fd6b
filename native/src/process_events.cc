#include "process_events.h"

#include <algorithm>
#include <cstring>

#include <linux/perf_event.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "errors.h"

namespace {

/**
 * A power of two. At about 120 bytes an event a thousand fit between two reads; Linux locks 516 KB for each user and
 * CPU (kernel.perf_event_mlock_kb), which must do for several loaders.
 */
constexpr size_t kQueueBytes = 128 * 1024;

struct Mmap2 {
  struct perf_event_header header;
  uint32_t pid, tid;
  uint64_t start, length, offset;
  uint32_t major, minor;
  uint64_t inode, generation;
  uint32_t protection, flags;
  char path[];
};

struct Comm {
  struct perf_event_header header;
  uint32_t pid, tid;
};

struct Fork {
  struct perf_event_header header;
  uint32_t pid, parent, tid, parentThread;
  uint64_t time;
};

int openEvents(int cpu) {
  struct perf_event_attr attributes = {};
  attributes.size = sizeof attributes;
  attributes.type = PERF_TYPE_SOFTWARE;
  // It never happens: what counts is what Linux tells besides.
  attributes.config = PERF_COUNT_SW_DUMMY;
  attributes.mmap = 1;
  attributes.mmap2 = 1;
  attributes.comm = 1;
  attributes.comm_exec = 1;
  attributes.task = 1;
  attributes.exclude_kernel = 1;
  attributes.exclude_hv = 1;
  attributes.sample_id_all = 1;
  attributes.sample_type = PERF_SAMPLE_TIME;
  return static_cast<int>(syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC));
}

/** The time stands behind each event. */
uint64_t timeOf(const struct perf_event_header* header) {
  uint64_t time;
  memcpy(&time, reinterpret_cast<const uint8_t*>(header) + header->size - sizeof time, sizeof time);
  return time;
}

}  // namespace

/** The events of one CPU. */
class ProcessEvents::Queue {
 public:
  explicit Queue(int fd) : fd_(fd), page_(static_cast<size_t>(getpagesize())) {
    memory_ = mmap(nullptr, page_ + kQueueBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory_ == MAP_FAILED) {
      int failure = errno;
      close(fd);
      throw systemError(failure, "the queue of process events cannot be mapped");
    }
  }

  ~Queue() {
    munmap(memory_, page_ + kQueueBytes);
    close(fd_);
  }

  void read(std::vector<ProcessEvent>& events) {
    auto* control = static_cast<struct perf_event_mmap_page*>(memory_);
    uint64_t head = __atomic_load_n(&control->data_head, __ATOMIC_ACQUIRE);
    uint64_t tail = control->data_tail;
    while (tail < head) {
      struct perf_event_header header;
      copy(tail, &header, sizeof header);
      if (header.size < sizeof header || header.size > head - tail) break;
      record_.resize(header.size + 1);
      copy(tail, record_.data(), header.size);
      record_[header.size] = 0;
      take(events);
      tail += header.size;
    }
    __atomic_store_n(&control->data_tail, head, __ATOMIC_RELEASE);
  }

 private:
  /** The queue is a ring: a record may begin at its end and end at its beginning. */
  void copy(uint64_t from, void* to, size_t length) const {
    const auto* data = static_cast<const uint8_t*>(memory_) + page_;
    size_t at = from % kQueueBytes;
    size_t first = std::min(length, kQueueBytes - at);
    memcpy(to, data + at, first);
    memcpy(static_cast<uint8_t*>(to) + first, data, length - first);
  }

  void take(std::vector<ProcessEvent>& events) const {
    const auto* header = reinterpret_cast<const struct perf_event_header*>(record_.data());
    size_t least = sizeof(uint64_t);
    ProcessEvent event = {};
    if (header->type == PERF_RECORD_MMAP2 && header->size >= sizeof(Mmap2) + least) {
      const auto* mapped = reinterpret_cast<const Mmap2*>(header);
      event.kind = ProcessEvent::Kind::mapping;
      event.pid = mapped->pid;
      event.start = mapped->start;
      event.length = mapped->length;
      event.offset = mapped->offset;
      event.inode = mapped->inode;
      event.path.assign(mapped->path, strnlen(mapped->path, header->size - sizeof(Mmap2) - least));
    } else if (header->type == PERF_RECORD_COMM && header->size >= sizeof(Comm) + least) {
      if (!(header->misc & PERF_RECORD_MISC_COMM_EXEC)) return;
      event.kind = ProcessEvent::Kind::exec;
      event.pid = reinterpret_cast<const Comm*>(header)->pid;
    } else if (header->type == PERF_RECORD_FORK && header->size >= sizeof(Fork) + least) {
      const auto* forked = reinterpret_cast<const Fork*>(header);
      // A thread shares what its process has.
      if (forked->pid == forked->parent) return;
      event.kind = ProcessEvent::Kind::fork;
      event.pid = forked->pid;
      event.parent = forked->parent;
    } else {
      return;
    }
    event.time = timeOf(header);
    events.push_back(std::move(event));
  }

  int fd_;
  size_t page_;
  void* memory_;
  std::vector<uint8_t> record_;
};

ProcessEvents::ProcessEvents() {
  int cpus = libbpf_num_possible_cpus();
  for (int cpu = 0; cpu < cpus; cpu++) {
    int fd = openEvents(cpu);
    // Not every possible CPU is there.
    if (fd < 0 && errno == ENODEV) continue;
    if (fd < 0) throw systemError(errno, "processes cannot be followed");
    queues_.push_back(std::make_unique<Queue>(fd));
  }
}

ProcessEvents::~ProcessEvents() = default;

std::vector<ProcessEvent> ProcessEvents::read() {
  std::vector<ProcessEvent> events;
  for (const auto& queue : queues_) queue->read(events);
  std::stable_sort(events.begin(), events.end(),
                   [](const ProcessEvent& a, const ProcessEvent& b) { return a.time < b.time; });
  return events;
}
