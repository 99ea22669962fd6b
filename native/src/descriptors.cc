#include "descriptors.h"

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
#include <cstring>
#include <mutex>

#include "errors.h"

namespace {

/** A command of bpf(2), and what it is about. */
struct Question {
  uint32_t command;
  uint32_t argument;
};

/** `value` is an id, or that of a descriptor that comes with the message. */
struct Answer {
  int32_t error;
  uint32_t value;
};

/** Our end; -1 where there is nobody at the other. */
int socketOfKeeper = -1;
pid_t keeper;
std::mutex asking;

/** It ends when nobody is at the other end; nothing of it is left behind. */
void endKeeper() {
  close(socketOfKeeper);
  waitpid(keeper, nullptr, 0);
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

/** Nothing but reading, sending, closing, leaving and four commands. Async-signal-safe, as all that follows. */
int restrictCalls() {
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kArchitecture),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArch, 0, 12),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kNumber),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_read, 9, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendmsg, 8, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close, 7, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 6, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 6),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kFirstArgument),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, BPF_ENABLE_STATS, 3, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, BPF_PROG_GET_NEXT_ID, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, BPF_PROG_GET_FD_BY_ID, 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, BPF_BTF_GET_FD_BY_ID, 0, 1),
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

/** A descriptor; for the next id it is 0, and the id is in `next`. */
int carryOut(const Question& question, uint32_t* next) {
  union bpf_attr attributes {};
  if (question.command == BPF_ENABLE_STATS) attributes.enable_stats.type = BPF_STATS_RUN_TIME;
  else attributes.start_id = question.argument;
  int result = syscall(SYS_bpf, question.command, &attributes, sizeof attributes);
  *next = attributes.next_id;
  return result;
}

bool sendAnswer(const Answer& answer, int descriptor) {
  struct iovec part {const_cast<Answer*>(&answer), sizeof answer};
  alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof descriptor)] {};
  struct msghdr message {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    struct cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  }
  return sendmsg(0, &message, MSG_NOSIGNAL) == sizeof answer;
}

/** Ends with the other end. */
[[noreturn]] void serve(int socket) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NAME, "ebpfnb-keeper");
  for (int number : {SIGINT, SIGHUP, SIGQUIT, SIGTERM}) signal(number, SIG_IGN);
  // Whoever reads what the loader writes must see its end.
  if (dup2(socket, 0) || close_range(1, ~0u, 0) || keepOneCapability() || restrictCalls()) _exit(1);
  Question question;
  while (read(0, &question, sizeof question) == sizeof question) {
    uint32_t next = 0;
    int result = carryOut(question, &next);
    bool isId = question.command == BPF_PROG_GET_NEXT_ID;
    Answer answer {result < 0 ? errno : 0, isId ? next : 0};
    bool sent = sendAnswer(answer, isId ? -1 : result);
    if (!isId && result >= 0) close(result);
    if (!sent) break;
  }
  _exit(0);
}

/** The answer; its descriptor in `descriptor`, -1 = none. */
Answer ask(const Question& question, int* descriptor) {
  std::lock_guard<std::mutex> lock(asking);
  Answer answer {EPERM, 0};
  *descriptor = -1;
  if (socketOfKeeper < 0 || send(socketOfKeeper, &question, sizeof question, MSG_NOSIGNAL) != sizeof question) return answer;
  struct iovec part {&answer, sizeof answer};
  alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof *descriptor)];
  struct msghdr message {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (recvmsg(socketOfKeeper, &message, MSG_CMSG_CLOEXEC) != sizeof answer) return {EPERM, 0};
  struct cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header && header->cmsg_type == SCM_RIGHTS) memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
  return answer;
}

int descriptorOf(uint32_t command, uint32_t id, const char* what) {
  int descriptor;
  Answer answer = ask({command, id}, &descriptor);
  if (answer.error || descriptor < 0) throw systemError(answer.error ? answer.error : EPERM, what);
  return descriptor;
}

}  // namespace

void descriptors::prepare() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) return;
  pid_t child = fork();
  if (child == 0) serve(ends[1]);
  close(ends[1]);
  if (child < 0) {
    close(ends[0]);
    return;
  }
  socketOfKeeper = ends[0];
  keeper = child;
  atexit(endKeeper);
}

int descriptors::statistics() {
  return descriptorOf(BPF_ENABLE_STATS, 0, "Linux keeps no statistics of programs for this process");
}

uint32_t descriptors::nextProgram(uint32_t id) {
  int none;
  Answer answer = ask({BPF_PROG_GET_NEXT_ID, id}, &none);
  if (answer.error == ENOENT) return 0;
  if (answer.error) throw systemError(answer.error, "the programs of this machine cannot be listed");
  return answer.value;
}

int descriptors::program(uint32_t id) { return descriptorOf(BPF_PROG_GET_FD_BY_ID, id, "there is no such program"); }

int descriptors::types(uint32_t id) { return descriptorOf(BPF_BTF_GET_FD_BY_ID, id, "there are no such types"); }
