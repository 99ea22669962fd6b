#include "functions.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <unistd.h>

#include <memory>

#include "errors.h"

namespace {

constexpr size_t kLogBytes = 4096;

/** Iterators stand for all programs that attach by BTF: those need to say to what. */
constexpr const char* kAnyTracing = "bpf_iter_task";

}  // namespace

bool functions::mayCall(const std::string& name, const std::string& section) {
  LogCapture quiet;
  static const std::unique_ptr<struct btf, void (*)(struct btf*)> btf(btf__load_vmlinux_btf(), btf__free);
  int id = btf ? btf__find_by_name_kind(btf.get(), name.c_str(), BTF_KIND_FUNC) : -1;
  enum bpf_prog_type type;
  enum bpf_attach_type attach;
  if (id < 0 || libbpf_prog_type_by_name(section.c_str(), &type, &attach)) return false;

  char log[kLogBytes] = {};
  LIBBPF_OPTS(bpf_prog_load_opts, options, .log_level = 1, .log_size = sizeof log, .log_buf = log);
  if (type == BPF_PROG_TYPE_TRACING) {
    options.expected_attach_type = BPF_TRACE_ITER;
    options.attach_btf_id = btf__find_by_name_kind(btf.get(), kAnyTracing, BTF_KIND_FUNC);
  }
  const struct bpf_insn call[] = {
      {.code = BPF_JMP | BPF_CALL, .dst_reg = 0, .src_reg = BPF_PSEUDO_KFUNC_CALL, .off = 0, .imm = id},
      {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0},
      {.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0},
  };
  int program = bpf_prog_load(type, "may_call", "GPL", call, 3, &options);
  if (program >= 0) close(program);
  // A call without arguments is refused too, but by then the function itself was not.
  return program >= 0 || std::string(log).find("is not allowed") == std::string::npos;
}
