#include "allowlist.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include <bpf/libbpf.h>
#include <gelf.h>
#include <linux/bpf.h>

#include "errors.h"

namespace {

/** Programs that watch. Those that decide (LSM, XDP, cgroup, fmod_ret, struct_ops …) are left out. */
constexpr struct {
  enum bpf_prog_type type;
  /** -1: any. */
  int attachType;
} kPrograms[] = {
    {BPF_PROG_TYPE_TRACEPOINT, -1},
    {BPF_PROG_TYPE_RAW_TRACEPOINT, -1},
    {BPF_PROG_TYPE_PERF_EVENT, -1},
    {BPF_PROG_TYPE_KPROBE, -1},
    {BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP},
    {BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY},
    {BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT},
    {BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER},
    // Run once, by the loader, as the others are loaded: what it may call is on the same list.
    {BPF_PROG_TYPE_SYSCALL, -1},
    // Nothing here attaches one to a socket: it is the kind that Linux runs again and again and times, for tests.
    {BPF_PROG_TYPE_SOCKET_FILTER, -1},
};

/**
 * Helpers that read, count and report. Left out on purpose: those that change what is traced
 * (override_return, probe_write_user, send_signal, task storage of others, sysctl, skb and socket helpers)
 * and those that reach other programs (sys_bpf, kptr_xchg). A tail call reaches none but the programs of objects that
 * were scanned here: nothing else is ever put into their arrays.
 */
constexpr uint32_t kHelpers[] = {
    // maps
    BPF_FUNC_map_lookup_elem, BPF_FUNC_map_update_elem, BPF_FUNC_map_delete_elem, BPF_FUNC_map_push_elem,
    BPF_FUNC_map_pop_elem, BPF_FUNC_map_peek_elem, BPF_FUNC_map_lookup_percpu_elem, BPF_FUNC_for_each_map_elem,
    BPF_FUNC_task_storage_get, BPF_FUNC_task_storage_delete, BPF_FUNC_cgrp_storage_get, BPF_FUNC_cgrp_storage_delete,
    BPF_FUNC_inode_storage_get, BPF_FUNC_inode_storage_delete, BPF_FUNC_sk_storage_get, BPF_FUNC_sk_storage_delete,
    // memory
    BPF_FUNC_probe_read, BPF_FUNC_probe_read_str, BPF_FUNC_probe_read_kernel, BPF_FUNC_probe_read_kernel_str,
    BPF_FUNC_probe_read_user, BPF_FUNC_probe_read_user_str, BPF_FUNC_copy_from_user, BPF_FUNC_copy_from_user_task,
    BPF_FUNC_find_vma, BPF_FUNC_per_cpu_ptr, BPF_FUNC_this_cpu_ptr,
    // who and when
    BPF_FUNC_get_current_pid_tgid, BPF_FUNC_get_current_uid_gid, BPF_FUNC_get_current_comm, BPF_FUNC_get_current_task,
    BPF_FUNC_get_current_task_btf, BPF_FUNC_task_pt_regs, BPF_FUNC_get_current_cgroup_id,
    BPF_FUNC_get_current_ancestor_cgroup_id, BPF_FUNC_current_task_under_cgroup, BPF_FUNC_get_ns_current_pid_tgid,
    BPF_FUNC_get_smp_processor_id, BPF_FUNC_get_numa_node_id, BPF_FUNC_ktime_get_ns, BPF_FUNC_ktime_get_boot_ns,
    BPF_FUNC_ktime_get_coarse_ns, BPF_FUNC_ktime_get_tai_ns, BPF_FUNC_jiffies64, BPF_FUNC_get_prandom_u32,
    // stacks, registers and arguments
    BPF_FUNC_get_stackid, BPF_FUNC_get_stack, BPF_FUNC_get_task_stack, BPF_FUNC_get_func_ip, BPF_FUNC_get_func_arg,
    BPF_FUNC_get_func_ret, BPF_FUNC_get_func_arg_cnt, BPF_FUNC_get_attach_cookie, BPF_FUNC_get_branch_snapshot,
    BPF_FUNC_read_branch_records, BPF_FUNC_perf_event_read, BPF_FUNC_perf_event_read_value,
    BPF_FUNC_perf_prog_read_value,
    // output
    BPF_FUNC_ringbuf_output, BPF_FUNC_ringbuf_reserve, BPF_FUNC_ringbuf_submit, BPF_FUNC_ringbuf_discard,
    BPF_FUNC_ringbuf_query, BPF_FUNC_ringbuf_reserve_dynptr, BPF_FUNC_ringbuf_submit_dynptr,
    BPF_FUNC_ringbuf_discard_dynptr, BPF_FUNC_perf_event_output, BPF_FUNC_trace_printk, BPF_FUNC_trace_vprintk,
    BPF_FUNC_seq_printf, BPF_FUNC_seq_write, BPF_FUNC_seq_printf_btf,
    // text, names and control flow
    BPF_FUNC_snprintf, BPF_FUNC_snprintf_btf, BPF_FUNC_strncmp, BPF_FUNC_strtol, BPF_FUNC_strtoul, BPF_FUNC_d_path,
    BPF_FUNC_loop, BPF_FUNC_tail_call, BPF_FUNC_spin_lock, BPF_FUNC_spin_unlock, BPF_FUNC_timer_init, BPF_FUNC_timer_set_callback,
    BPF_FUNC_timer_start, BPF_FUNC_timer_cancel, BPF_FUNC_dynptr_from_mem, BPF_FUNC_dynptr_read,
    BPF_FUNC_dynptr_write, BPF_FUNC_dynptr_data, BPF_FUNC_user_ringbuf_drain, BPF_FUNC_skc_to_tcp6_sock, BPF_FUNC_skc_to_tcp_sock,
    BPF_FUNC_skc_to_tcp_timewait_sock, BPF_FUNC_skc_to_tcp_request_sock, BPF_FUNC_skc_to_udp6_sock,
    BPF_FUNC_skc_to_unix_sock, BPF_FUNC_sock_from_file, BPF_FUNC_get_socket_cookie,
};

/** Helpers that change what is traced, by the action that a run must be allowed. */
constexpr struct {
  std::string_view action;
  uint32_t helper;
} kActions[] = {
    {"signal", BPF_FUNC_send_signal},
    {"signal_thread", BPF_FUNC_send_signal_thread},
    {"override", BPF_FUNC_override_return},
    {"write_user", BPF_FUNC_probe_write_user},
};

/** Types of programs that can change what is traced, by the action that a run must be allowed. */
constexpr struct {
  std::string_view action;
  enum bpf_prog_type type;
} kActingPrograms[] = {
    {"write_tracepoint", BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE},
};

/** Kernel functions, by the beginning of their name. */
constexpr std::string_view kFunctions[] = {
    "bpf_iter_",   "bpf_rcu_read_",     "bpf_task_from_", "bpf_task_acquire", "bpf_task_release",     "bpf_task_under_cgroup",
    "bpf_cgroup_", "bpf_rdonly_cast",   "bpf_cast_to_",   "bpf_dynptr_",      "bpf_get_task_exe_file", "bpf_put_file",
    "bpf_path_",   "bpf_copy_from_user", "bpf_str",       "bpf_session_",     "bpf_arena_",            "bpf_cpumask_",
    // objects, lists and trees in maps
    "bpf_obj_new_", "bpf_obj_drop_",     "bpf_percpu_obj_", "bpf_refcount_acquire_", "bpf_list_",     "bpf_rbtree_",
    // regions without interruptions, which the verifier sees closed, and work for later
    "bpf_preempt_", "bpf_local_irq_",    "bpf_res_spin_", "bpf_wq_",          "bpf_map_sum_elem_count",
};

const char* helperName(uint32_t id) {
#define NAME(name, number, ...) \
  case number:                  \
    return "bpf_" #name;
  switch (id) {
    ___BPF_FUNC_MAPPER(NAME)
    default:
      return nullptr;
  }
#undef NAME
}

/** Was it allowed by whoever started the run? */
bool isAmong(std::string_view action, const std::vector<std::string>& actions) {
  return std::find(actions.begin(), actions.end(), action) != actions.end();
}

bool mayAttach(const struct bpf_program* program, const std::vector<std::string>& actions) {
  bool acts = std::any_of(std::begin(kActingPrograms), std::end(kActingPrograms), [&](const auto& row) {
    return row.type == bpf_program__type(program) && isAmong(row.action, actions);
  });
  return acts || std::any_of(std::begin(kPrograms), std::end(kPrograms), [&](const auto& row) {
    return row.type == bpf_program__type(program) &&
           (row.attachType < 0 || row.attachType == static_cast<int>(bpf_program__expected_attach_type(program)));
  });
}

bool mayCall(uint32_t helper, const std::vector<std::string>& actions) {
  if (std::find(std::begin(kHelpers), std::end(kHelpers), helper) != std::end(kHelpers)) return true;
  return std::any_of(std::begin(kActions), std::end(kActions), [&](const auto& row) {
    return row.helper == helper && isAmong(row.action, actions);
  });
}

bool mayCall(std::string_view function) {
  return std::any_of(std::begin(kFunctions), std::end(kFunctions),
                     [&](std::string_view prefix) { return function.substr(0, prefix.size()) == prefix; });
}

[[noreturn]] void refuse(const std::string& what) { throw SystemError(EPERM, what + " is not allowed: only tracing is"); }

constexpr uint8_t kCall = BPF_JMP | BPF_CALL;

/** A copy, because a broken file may hold sections at odd addresses. */
std::optional<struct bpf_insn> instructionAt(const Elf_Data* code, uint64_t offset) {
  struct bpf_insn instruction;
  if (offset > code->d_size || sizeof instruction > code->d_size - offset) return std::nullopt;
  memcpy(&instruction, static_cast<const uint8_t*>(code->d_buf) + offset, sizeof instruction);
  return instruction;
}

/** Helper calls are instructions with the helper's number; calls by a ready-made BTF id are never compiled. */
void scanCode(const Elf_Data* code, const std::string& section, const std::vector<std::string>& actions) {
  for (uint64_t at = 0; auto instruction = instructionAt(code, at); at += sizeof *instruction) {
    if (instruction->code != kCall || instruction->src_reg == BPF_PSEUDO_CALL) continue;
    if (instruction->src_reg != 0) refuse("section " + section + ": a call of a kernel function by number");
    if (mayCall(static_cast<uint32_t>(instruction->imm), actions)) continue;
    const char* name = helperName(instruction->imm);
    refuse("section " + section + ": helper " + (name ? name : "number " + std::to_string(instruction->imm)));
  }
}

/** Calls of kernel functions are relocations of call instructions against undefined symbols. */
void scanRelocations(Elf* elf, const GElf_Shdr& header, Elf_Data* relocations, const Elf_Data* code, const std::string& section) {
  Elf_Scn* symbols = elf_getscn(elf, header.sh_link);
  GElf_Shdr symbolHeader;
  Elf_Data* symbolData = symbols ? elf_getdata(symbols, nullptr) : nullptr;
  if (!symbolData || !gelf_getshdr(symbols, &symbolHeader)) return;
  GElf_Rel relocation;
  for (int i = 0; gelf_getrel(relocations, i, &relocation); i++) {
    auto instruction = instructionAt(code, relocation.r_offset);
    GElf_Sym symbol;
    if (!instruction || instruction->code != kCall) continue;
    if (!gelf_getsym(symbolData, GELF_R_SYM(relocation.r_info), &symbol) || symbol.st_shndx != SHN_UNDEF) continue;
    const char* name = elf_strptr(elf, symbolHeader.sh_link, symbol.st_name);
    if (!name || !mayCall(std::string_view(name))) refuse("section " + section + ": kernel function " + (name ? name : "?"));
  }
}

}  // namespace

void scanAgainstAllowlist(struct bpf_object* object, const uint8_t* bytes, size_t length,
                          const std::vector<std::string>& actions) {
  for (const std::string& action : actions) {
    auto named = [&](const auto& row) { return row.action == action; };
    if (std::none_of(std::begin(kActions), std::end(kActions), named) &&
        std::none_of(std::begin(kActingPrograms), std::end(kActingPrograms), named))
      throw SystemError(EINVAL, "there is no action " + action + " to allow");
  }
  struct bpf_program* program;
  bpf_object__for_each_program(program, object) {
    if (!mayAttach(program, actions))
      refuse(std::string("program ") + bpf_program__name(program) + " (" + bpf_program__section_name(program) + ")");
  }

  // Such a map puts functions in the place of Linux's own; and declared by its type alone, it crashes libbpf.
  struct bpf_map* map;
  bpf_object__for_each_map(map, object) {
    if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS) refuse(std::string("map ") + bpf_map__name(map) + " (struct_ops)");
  }

  // libbpf shows the instructions of entry programs only; functions they call stand in sections of their own.
  elf_version(EV_CURRENT);
  std::unique_ptr<Elf, int (*)(Elf*)> elf(elf_memory(const_cast<char*>(reinterpret_cast<const char*>(bytes)), length), elf_end);
  size_t names;
  if (!elf || elf_getshdrstrndx(elf.get(), &names)) throw SystemError(EINVAL, "not an ELF file");
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf.get(), section));) {
    GElf_Shdr header;
    Elf_Data* data = elf_getdata(section, nullptr);
    if (!data || !gelf_getshdr(section, &header)) continue;
    const char* label = elf_strptr(elf.get(), names, header.sh_name);
    std::string name = label ? label : "?";
    if (header.sh_type == SHT_PROGBITS && (header.sh_flags & SHF_EXECINSTR)) scanCode(data, name, actions);
    if (header.sh_type != SHT_REL) continue;
    Elf_Scn* code = elf_getscn(elf.get(), header.sh_info);
    Elf_Data* codeData = code ? elf_getdata(code, nullptr) : nullptr;
    if (codeData && codeData->d_buf) scanRelocations(elf.get(), header, data, codeData, name);
  }
}
