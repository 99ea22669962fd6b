#include "verifier_log.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "errors.h"

VerifierLog::VerifierLog() {
  void* memory = mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw systemError(errno, "no memory for the verifier's log");
  data_ = static_cast<char*>(memory);
}

VerifierLog::~VerifierLog() { munmap(data_, kSize); }

std::string VerifierLog::text(size_t most) const {
  std::string_view log(data_, strnlen(data_, kSize));
  if (log.size() <= most) return std::string(log);
  size_t end = log.rfind('\n', most / 4) + 1;
  size_t start = log.find('\n', log.size() - most / 4 * 3) + 1;
  return std::string(log.substr(0, end)) + "\n  [" + std::to_string(start - end) + " characters are left out here]\n\n" +
         std::string(log.substr(start));
}
