#include "verifier_log.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "errors.h"

namespace {

/** As large as Linux takes a log; and what the log of any program that is not too complex fits in. */
constexpr size_t kLargest = UINT32_MAX >> 2, kSmallest = 1 << 20;

/** Memory that is there when it is written to. */
void* reserve(size_t size) {
  return mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

}  // namespace

VerifierLog::VerifierLog() : size_(kLargest) {
  void* memory = reserve(size_);
  // Where memory is limited, or never promised twice, less will do.
  while (memory == MAP_FAILED && size_ > kSmallest) memory = reserve(size_ /= 2);
  if (memory == MAP_FAILED) throw systemError(errno, "no memory for the verifier's log");
  data_ = static_cast<char*>(memory);
}

VerifierLog::~VerifierLog() { munmap(data_, size_); }

std::string VerifierLog::text(size_t most) const {
  std::string_view log(data_, strnlen(data_, size_));
  if (log.size() <= most) return std::string(log);
  size_t end = log.rfind('\n', most / 4) + 1;
  size_t start = log.find('\n', log.size() - most / 4 * 3) + 1;
  return std::string(log.substr(0, end)) + "\n  [" + std::to_string(start - end) + " characters are left out here]\n\n" +
         std::string(log.substr(start));
}
