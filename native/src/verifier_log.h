// Where the verifier writes what it thinks of a program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

/**
 * Memory for one log, of which Linux fills as much as it needs. There is room for the longest at once, because each
 * attempt with a larger buffer would verify the program once more: a program that the verifier gives up after a million
 * instructions makes 130 MB. Where the log does not fit, Linux answers ENOSPC whatever it found, even that all is well,
 * and before 6.4 it leaves out the end, which has the reason.
 */
class VerifierLog {
 public:
  VerifierLog();
  ~VerifierLog();
  VerifierLog(const VerifierLog&) = delete;
  VerifierLog& operator=(const VerifierLog&) = delete;

  char* data() const { return data_; }
  size_t size() const { return size_; }
  /** What was written; of more than `most` bytes the beginning and the end. */
  std::string text(size_t most) const;

 private:
  size_t size_;
  char* data_;
};
