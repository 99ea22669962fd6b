#include "loaded_programs.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <linux/btf.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <memory>
#include <mutex>

#include "descriptors.h"
#include "errors.h"

namespace {

using loadedPrograms::Function;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  int get() const { return number_; }

 private:
  int number_;
};

using Types = std::unique_ptr<struct btf, void (*)(struct btf*)>;

/** libbpf's own way asks Linux itself, which takes a right that this process does not have. */
Types typesOf(uint32_t id) {
  Descriptor descriptor(descriptors::types(id));
  struct bpf_btf_info info {};
  uint32_t length = sizeof info;
  if (bpf_btf_get_info_by_fd(descriptor.get(), &info, &length)) return {nullptr, btf__free};
  std::vector<uint8_t> bytes(info.btf_size);
  info = {};
  info.btf = reinterpret_cast<uintptr_t>(bytes.data());
  info.btf_size = bytes.size();
  length = sizeof info;
  if (bpf_btf_get_info_by_fd(descriptor.get(), &info, &length)) return {nullptr, btf__free};
  return {btf__new(bytes.data(), bytes.size()), btf__free};
}

/** None where the program has no types. */
std::vector<Function> functionsOf(int program) {
  struct bpf_prog_info info {};
  uint32_t length = sizeof info;
  if (bpf_prog_get_info_by_fd(program, &info, &length) || !info.btf_id || !info.nr_func_info) return {};
  Types types = typesOf(info.btf_id);
  if (!types) return {};
  uint32_t count = info.nr_func_info, size = info.func_info_rec_size;
  if (size < sizeof(struct bpf_func_info) || size > 4096) return {};
  std::vector<uint8_t> records(static_cast<size_t>(count) * size);
  info = {};
  info.nr_func_info = count;
  info.func_info_rec_size = size;
  info.func_info = reinterpret_cast<uintptr_t>(records.data());
  length = sizeof info;
  if (bpf_prog_get_info_by_fd(program, &info, &length)) return {};
  std::vector<Function> functions;
  for (uint32_t i = 0; i < info.nr_func_info && i < count; i++) {
    auto* record = reinterpret_cast<const struct bpf_func_info*>(records.data() + static_cast<size_t>(i) * size);
    const struct btf_type* type = btf__type_by_id(types.get(), record->type_id);
    const char* name = type && btf_is_func(type) ? btf__name_by_offset(types.get(), type->name_off) : nullptr;
    if (name && *name) functions.push_back({name, record->type_id});
  }
  return functions;
}

struct Target {
  std::shared_ptr<Descriptor> program;
  uint32_t function;
};

std::mutex aiming;
std::map<const struct bpf_program*, Target> targets;

/** libbpf calls it before it loads a program of our sections. */
int aim(struct bpf_program* program, struct bpf_prog_load_opts* options, long) {
  std::lock_guard<std::mutex> lock(aiming);
  auto found = targets.find(program);
  if (found == targets.end()) return -EINVAL;
  options->attach_prog_fd = found->second.program->get();
  options->attach_btf_id = found->second.function;
  return 0;
}

}  // namespace

std::vector<loadedPrograms::Program> loadedPrograms::all() {
  LogCapture quiet;
  std::vector<Program> found;
  for (uint32_t id = 0; (id = descriptors::nextProgram(id));) {
    try {
      Descriptor program(descriptors::program(id));
      std::vector<Function> functions = functionsOf(program.get());
      if (!functions.empty()) found.push_back({id, functions});
    } catch (const SystemError&) {
      // Unloaded meanwhile.
    }
  }
  return found;
}

void loadedPrograms::registerSections() {
  LIBBPF_OPTS(libbpf_prog_handler_opts, options, .prog_prepare_load_fn = aim);
  libbpf_register_prog_handler("fentry.bpf", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, &options);
  libbpf_register_prog_handler("fexit.bpf", BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, &options);
}

void loadedPrograms::setTarget(const struct bpf_program* program, uint32_t id, const std::string& name) {
  LogCapture quiet;
  auto target = std::make_shared<Descriptor>(descriptors::program(id));
  for (const Function& function : functionsOf(target->get())) {
    if (function.name != name) continue;
    std::lock_guard<std::mutex> lock(aiming);
    targets[program] = {target, function.type};
    return;
  }
  throw SystemError(ENOENT, "program " + std::to_string(id) + " has no function " + name);
}

void loadedPrograms::forgetTarget(const struct bpf_program* program) {
  std::lock_guard<std::mutex> lock(aiming);
  targets.erase(program);
}
