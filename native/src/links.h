// The attachments of one object file.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <bpf/libbpf.h>

#include "attach_spec.h"

class Links {
 public:
  ~Links() { close(); }

  /** One link reaches all places that the program is attached to; known once it is loaded. */
  static bool takesAllAtOnce(const struct bpf_program* program);
  /** Attaches and keeps the link. Takes up to 100 ms. Answers what an iterator wrote: it has run to its end then. */
  std::string attach(struct bpf_program* program, const AttachSpec& spec);
  /** Closes all links, or those of a program; each tracepoint's takes about 70 ms of the kernel's time. */
  void close(const struct bpf_program* only = nullptr);
  bool empty() const;
  /** Visits the descriptors of all links, each with its program. */
  void each(const std::function<void(const struct bpf_program* program, int fd)>& visit) const;
  /** Hits that Linux skipped before it came to the program, of those that had links. */
  std::map<const struct bpf_program*, uint64_t> missed() const;

 private:
  struct Attached {
    const struct bpf_program* program;
    struct bpf_link* link;
  };

  mutable std::mutex mutex_;
  std::vector<Attached> links_;
  /** What closed links had missed. */
  std::map<const struct bpf_program*, uint64_t> missedBefore_;
};
