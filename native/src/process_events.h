// What processes become while someone looks: new mappings of code, exec and fork, as perf's side-band events.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

struct ProcessEvent {
  enum class Kind { mapping, exec, fork };

  Kind kind;
  /** Of the process, in the pid namespace of who watches. */
  uint32_t pid;
  /** fork: whose mappings the new process has. */
  uint32_t parent = 0;
  uint64_t start = 0;
  uint64_t length = 0;
  uint64_t offset = 0;
  uint64_t inode = 0;
  std::string path;
  /** Of the event, ns: each CPU has a queue of its own. */
  uint64_t time = 0;
};

/** All processes, from its beginning to its end. */
class ProcessEvents {
 public:
  /** Throws SystemError when Linux does not allow it. */
  ProcessEvents();
  ~ProcessEvents();
  ProcessEvents(const ProcessEvents&) = delete;
  ProcessEvents& operator=(const ProcessEvents&) = delete;

  /** Those since the last call, in the order in which they happened. */
  std::vector<ProcessEvent> read();

 private:
  class Queue;
  std::vector<std::unique_ptr<Queue>> queues_;
};
