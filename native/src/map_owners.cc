#include "map_owners.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

namespace {

/** PIDFD_THREAD. */
constexpr unsigned kThread = O_EXCL;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  operator int() const { return fd_; }

 private:
  int fd_;
};

/** The names in a directory but those that begin with a dot; nothing where it cannot be read. */
template <typename Visit>
void eachName(const std::string& path, Visit visit) {
  std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(path.c_str()), closedir);
  if (!directory) return;
  while (const struct dirent* entry = readdir(directory.get()))
    if (entry->d_name[0] != '.') visit(*entry);
}

void readComm(const std::string& task, char* comm, size_t size) {
  Descriptor file(open((task + "/comm").c_str(), O_RDONLY | O_CLOEXEC));
  ssize_t length = file < 0 ? 0 : read(file, comm, size);
  // The file ends with a newline, which takes the place of the NUL.
  if (length > 0) comm[length - 1] = 0;
}

void visitCgroups(const std::string& path, const owners::Look& look, const owners::Visit& visit) {
  {
    Descriptor cgroup(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat about;
    if (cgroup < 0 || fstat(cgroup, &about)) return;
    uint64_t id = about.st_ino;
    if (look(cgroup)) visit(reinterpret_cast<const uint8_t*>(&id));
  }
  eachName(path, [&](const struct dirent& entry) {
    if (entry.d_type == DT_DIR) visitCgroups(path + "/" + entry.d_name, look, visit);
  });
}

}  // namespace

void owners::eachTask(const Look& look, const Visit& visit) {
  eachName("/proc", [&](const struct dirent& process) {
    uint32_t pid = strtoul(process.d_name, nullptr, 10);
    if (!pid) return;
    std::string tasks = std::string("/proc/") + process.d_name + "/task";
    eachName(tasks, [&](const struct dirent& task) {
      uint32_t tid = strtoul(task.d_name, nullptr, 10);
      Descriptor descriptor(syscall(SYS_pidfd_open, tid, tid == pid ? 0 : kThread));
      if (descriptor < 0 || !look(descriptor)) return;
      uint8_t key[kTaskKey] = {};
      memcpy(key, &tid, sizeof tid);
      readComm(tasks + "/" + task.d_name, reinterpret_cast<char*>(key + sizeof tid), kTaskKey - sizeof tid);
      visit(key);
    });
  });
}

void owners::eachCgroup(const Look& look, const Visit& visit) {
  for (const char* root : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
    struct statfs about;
    if (statfs(root, &about) || about.f_type != CGROUP2_SUPER_MAGIC) continue;
    return visitCgroups(root, look, visit);
  }
}
