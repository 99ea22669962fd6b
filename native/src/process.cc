#include "process.h"

#include <dirent.h>
#include <linux/capability.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <set>

#include "errors.h"
#include "features.h"

namespace {

constexpr int kKept[] = {
    CAP_BPF,              // bpf(): maps, programs, links
    CAP_PERFMON,          // tracing programs, perf events, uprobe_multi
    CAP_DAC_READ_SEARCH,  // binaries and tracefs that root may not be able to read otherwise (NFS, user folders)
    CAP_SYS_PTRACE,       // /proc/PID/root and /proc/PID/maps of other users' processes
    CAP_SYSLOG,           // addresses in /proc/kallsyms
};

struct __user_cap_data_struct kept[_LINUX_CAPABILITY_U32S_3];
sem_t dropped;
int failure;

/** Of the calling thread only: that is all Linux knows. Async-signal-safe. */
int dropHere() {
  for (int capability = 0; prctl(PR_CAPBSET_READ, capability) >= 0; capability++) {
    bool keep = kept[capability / 32].permitted & (1u << (capability % 32));
    if (!keep) prctl(PR_CAPBSET_DROP, capability);
  }
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  struct __user_cap_header_struct header {_LINUX_CAPABILITY_VERSION_3, 0};
  return syscall(SYS_capset, &header, kept) ? errno : 0;
}

void onSignal(int) {
  int saved = errno;
  int error = dropHere();
  if (error) __atomic_store_n(&failure, error, __ATOMIC_RELAXED);
  sem_post(&dropped);
  errno = saved;
}

/**
 * A handler for the signal by which glibc makes all threads change their user: the only one that no thread
 * blocks (Node's inspector has one that blocks all others). glibc's sigaction() refuses it, so the kernel's
 * own record of another signal's handler, return trampoline included, is copied onto it.
 */
class Handler {
 public:
  static constexpr int kSignal = 33;

  explicit Handler(void (*function)(int)) {
    struct sigaction action {}, before {};
    action.sa_handler = function;
    action.sa_flags = SA_RESTART;
    Record record;
    bool failed = sigaction(SIGRTMAX, &action, &before) || exchange(SIGRTMAX, nullptr, &record);
    sigaction(SIGRTMAX, &before, nullptr);
    if (failed || exchange(kSignal, &record, &before_)) throw systemError(errno, "capabilities cannot be dropped");
  }
  ~Handler() { exchange(kSignal, &before_, nullptr); }

 private:
  /** The kernel's struct sigaction. */
  struct Record {
    void* handler;
    unsigned long flags;
    void* restorer;
    uint64_t mask;
  };

  static int exchange(int signal, const Record* next, Record* before) {
    return syscall(SYS_rt_sigaction, signal, next, before, sizeof(uint64_t));
  }

  Record before_;
};

std::set<pid_t> threads() {
  std::set<pid_t> found;
  std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir("/proc/self/task"), closedir);
  if (!directory) throw systemError(errno, "the threads of this process cannot be listed");
  while (struct dirent* entry = readdir(directory.get()))
    if (entry->d_name[0] != '.') found.insert(atoi(entry->d_name));
  return found;
}

/** What this process may keep of what it needs. */
void readKept(bool writes) {
  struct __user_cap_header_struct header {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct held[_LINUX_CAPABILITY_U32S_3] {};
  if (syscall(SYS_capget, &header, held)) throw systemError(errno, "capabilities cannot be read");
  auto keep = [&](int capability) {
    uint32_t bit = held[capability / 32].permitted & (1u << (capability % 32));
    kept[capability / 32].permitted |= bit;
    kept[capability / 32].effective |= bit;
  };
  for (int capability : kKept) keep(capability);
  // perf's user probes ask for it; uprobe_multi, which is used where Linux has it, for CAP_PERFMON only.
  // So does the helper that writes into programs, and on some kernels every perf event.
  if (writes || !features::uprobeMulti() || !features::perfEventsByPerfmon()) keep(CAP_SYS_ADMIN);
}

/** How much memory may be shared with Linux: perf buffers, and on kernels before 5.11 maps. Needs CAP_SYS_RESOURCE. */
void raiseLockedMemory() {
  const struct rlimit all {RLIM_INFINITY, RLIM_INFINITY};
  // Where it may not be raised, Linux refuses what is beyond, and that is told.
  setrlimit(RLIMIT_MEMLOCK, &all);
}

}  // namespace

void process::dropCapabilities(bool writes) {
  raiseLockedMemory();
  readKept(writes);
  if (sem_init(&dropped, 0, 0)) throw systemError(errno, "capabilities cannot be dropped");
  std::set<pid_t> done{static_cast<pid_t>(syscall(SYS_gettid))};
  failure = dropHere();
  {
    // Node's other threads (its pool, V8's helpers) drop theirs in a signal handler; threads that start later
    // inherit. A thread that started meanwhile is found by another look.
    Handler handler(onSignal);
    for (bool again = true; again && !failure;) {
      again = false;
      for (pid_t thread : threads()) {
        if (!done.insert(thread).second) continue;
        if (syscall(SYS_tgkill, getpid(), thread, Handler::kSignal)) continue;  // it has ended
        again = true;
        struct timespec limit;
        clock_gettime(CLOCK_REALTIME, &limit);
        limit.tv_sec += 5;
        if (sem_timedwait(&dropped, &limit)) failure = errno;
      }
    }
  }
  sem_destroy(&dropped);
  if (failure) throw systemError(failure, "capabilities cannot be dropped");
}

process::ThreadName::ThreadName(const char* name) {
  prctl(PR_GET_NAME, before_);
  prctl(PR_SET_NAME, name);
}

process::ThreadName::~ThreadName() { prctl(PR_SET_NAME, before_); }

void process::dieWithParent() {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL)) throw systemError(errno, "this process cannot be tied to its parent");
}
