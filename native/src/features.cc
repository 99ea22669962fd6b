#include "features.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <unistd.h>

#include "errors.h"

namespace {

bool tryUprobeMulti() {
  LogCapture quiet;
  const struct bpf_insn returnZero[] = {
      {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .src_reg = 0, .off = 0, .imm = 0},
      {.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0},
  };
  LIBBPF_OPTS(bpf_prog_load_opts, load, .expected_attach_type = BPF_TRACE_UPROBE_MULTI);
  int program = bpf_prog_load(BPF_PROG_TYPE_KPROBE, "uprobe_multi", "GPL", returnZero, 2, &load);
  if (program < 0) return false;
  // Where the link type is known its arguments are looked at, and a folder has no instructions.
  unsigned long offset = 0;
  LIBBPF_OPTS(bpf_link_create_opts, create);
  create.uprobe_multi.path = "/";
  create.uprobe_multi.offsets = &offset;
  create.uprobe_multi.cnt = 1;
  int link = bpf_link_create(program, -1, BPF_TRACE_UPROBE_MULTI, &create);
  close(program);
  if (link >= 0) close(link);
  return link == -EBADF;
}

}  // namespace

bool features::uprobeMulti() {
  static const bool can = tryUprobeMulti();
  return can;
}
