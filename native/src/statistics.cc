#include "statistics.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>

#include "errors.h"

namespace {

/** Our end; -1 where there is nobody at the other. */
int socketOfSwitch = -1;
pid_t switchProcess;

/** It ends when nobody is at the other end; nothing of it is left behind. */
void endSwitch() {
  close(socketOfSwitch);
  waitpid(switchProcess, nullptr, 0);
}

#if defined(__x86_64__)
constexpr unsigned kArch = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kArch = AUDIT_ARCH_AARCH64;
#endif

constexpr unsigned kNumber = offsetof(struct seccomp_data, nr);
constexpr unsigned kArchitecture = offsetof(struct seccomp_data, arch);
/** The lower half: both architectures are little-endian. */
constexpr unsigned kFirstArgument = offsetof(struct seccomp_data, args);

/** Nothing but reading, writing, closing, leaving and BPF_ENABLE_STATS. Async-signal-safe, as all that follows. */
int restrictCalls() {
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kArchitecture),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArch, 0, 6),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kNumber),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_read, 5, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 4, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close, 3, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 2, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kFirstArgument),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, BPF_ENABLE_STATS, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  };
  struct sock_fprog program {sizeof filter / sizeof *filter, filter};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int keepOneCapability() {
  for (int capability = 0; prctl(PR_CAPBSET_READ, capability) >= 0; capability++) prctl(PR_CAPBSET_DROP, capability);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return -1;
  struct __user_cap_header_struct header {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct kept[_LINUX_CAPABILITY_U32S_3] {};
  kept[0].permitted = kept[0].effective = 1u << CAP_SYS_ADMIN;
  return syscall(SYS_capset, &header, kept);
}

int enableStatistics() {
  union bpf_attr attributes {};
  attributes.enable_stats.type = BPF_STATS_RUN_TIME;
  return syscall(SYS_bpf, BPF_ENABLE_STATS, &attributes, sizeof attributes);
}

/** Each byte read switches on or off, and is answered by an errno. Ends with the other end. */
[[noreturn]] void serve(int socket) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NAME, "ebpfnb-stats");
  for (int number : {SIGINT, SIGHUP, SIGQUIT, SIGTERM}) signal(number, SIG_IGN);
  // Whoever reads what the loader writes must see its end.
  if (dup2(socket, 0) || close_range(1, ~0u, 0) || keepOneCapability() || restrictCalls()) _exit(1);
  int statistics = -1;
  unsigned char on;
  while (read(0, &on, 1) == 1) {
    unsigned char error = 0;
    if (on && statistics < 0) {
      statistics = enableStatistics();
      if (statistics < 0) error = errno;
    } else if (!on && statistics >= 0) {
      close(statistics);
      statistics = -1;
    }
    if (write(0, &error, 1) != 1) break;
  }
  _exit(0);
}

}  // namespace

void statistics::prepare() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) return;
  pid_t child = fork();
  if (child == 0) serve(ends[1]);
  close(ends[1]);
  if (child < 0) {
    close(ends[0]);
    return;
  }
  socketOfSwitch = ends[0];
  switchProcess = child;
  atexit(endSwitch);
}

void statistics::keep(bool on) {
  unsigned char byte = on, error = EPERM;
  bool asked = socketOfSwitch >= 0 && send(socketOfSwitch, &byte, 1, MSG_NOSIGNAL) == 1;
  if (asked && recv(socketOfSwitch, &error, 1, 0) != 1) error = EPERM;
  if (error) throw systemError(error, "Linux keeps no statistics of programs for this process");
}
