// What the loader does to its own process.
#pragma once

namespace process {

/** Keeps only the capabilities that tracing needs, on every thread, for good; with `writes`, write_user()'s too. */
void dropCapabilities(bool writes);
/** What Linux calls the calling thread, for as long as this lives. */
class ThreadName {
 public:
  explicit ThreadName(const char* name);
  ~ThreadName();

 private:
  char before_[16];
};

/** SIGKILL for the caller when its parent ends. */
void dieWithParent();

}  // namespace process
