#include "ring.h"

#include <bpf/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "errors.h"

namespace {

size_t pageSize() { return sysconf(_SC_PAGESIZE); }

}  // namespace

Ring::Ring(int fd) : fd_(fd) {
  struct bpf_map_info info {};
  uint32_t length = sizeof info;
  int error = bpf_map_get_info_by_fd(fd, &info, &length);
  if (error) throw systemError(-error, "the ring buffer cannot be read");
  if (info.type != BPF_MAP_TYPE_RINGBUF) throw SystemError(EINVAL, std::string("map ") + info.name + " is not a ring buffer");
  mask_ = info.max_entries - 1;

  // One page that we write our position to; then, for reading only, the producers' page and the data, which is
  // mapped twice in a row so that no record is ever cut in two.
  void* consumer = mmap(nullptr, pageSize(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (consumer == MAP_FAILED) throw systemError(errno, "the ring buffer cannot be mapped");
  void* producer = mmap(nullptr, pageSize() + 2 * size(), PROT_READ, MAP_SHARED, fd, pageSize());
  if (producer == MAP_FAILED) {
    int code = errno;
    munmap(consumer, pageSize());
    throw systemError(code, "the ring buffer cannot be mapped");
  }
  consumer_ = static_cast<uint64_t*>(consumer);
  producer_ = static_cast<const uint64_t*>(producer);
  data_ = static_cast<const uint8_t*>(producer) + pageSize();
}

Ring::Ring(Ring&& other) noexcept
    : fd_(other.fd_), mask_(other.mask_), consumer_(other.consumer_), producer_(other.producer_), data_(other.data_) {
  other.consumer_ = nullptr;
}

Ring::~Ring() {
  if (!consumer_) return;
  munmap(consumer_, pageSize());
  munmap(const_cast<uint64_t*>(producer_), pageSize() + 2 * size());
}
