// The attachments of one object file.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <bpf/libbpf.h>

/** Where a program attaches; the fields in use depend on the kind. See NativeAttach in types.ts. */
struct AttachSpec {
  enum class Kind { automatic, tracepoint, rawTracepoint, uprobe, clock } kind;
  /** tracepoint */
  std::string category;
  /** tracepoint, rawTracepoint */
  std::string event;
  /** uprobe: path, or the name of a program or library that is searched for. */
  std::string binary;
  std::string symbol;
  uint64_t offset = 0;
  bool onReturn = false;
  int pid = -1;
  /** clock: ns. */
  uint64_t period = 0;
  bool everyCpu = false;
};

class Links {
 public:
  ~Links() { close(); }

  /** Attaches and keeps the link. Takes up to 100 ms. */
  void attach(struct bpf_program* program, const AttachSpec& spec);
  /** Closes all links; each tracepoint's takes about 70 ms of the kernel's time. */
  void close();
  bool empty() const;
  /** Probe hits that the kernel skipped for this program, since it was loaded. */
  uint64_t missed(const struct bpf_program* program) const;

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
