// The BPF programs that are loaded on this machine, whosever they are.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <bpf/libbpf.h>

namespace loadedPrograms {

struct Function {
  std::string name;
  /** In the program's types. */
  uint32_t type;
};

struct Program {
  uint32_t id;
  /** The program's own, then those that it calls. */
  std::vector<Function> functions;
};

/** Those with type information: others cannot be probed. Throws EPERM where they cannot be listed. */
std::vector<Program> all();

/** Programs of SEC("fentry.bpf") and SEC("fexit.bpf") may be opened from now on; each needs a target before it is loaded. */
void registerSections();

/** Throws ENOENT where there is no such function. Until the program is gone or has another target. */
void setTarget(const struct bpf_program* program, uint32_t id, const std::string& function);
void forgetTarget(const struct bpf_program* program);

}  // namespace loadedPrograms
