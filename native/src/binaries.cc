#include "binaries.h"

#include <dirent.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <sstream>
#include <vector>

#include "errors.h"

namespace {

#if defined(__x86_64__)
constexpr const char* kTriplet = "x86_64-linux-gnu";
#elif defined(__aarch64__)
constexpr const char* kTriplet = "aarch64-linux-gnu";
#endif

std::string inPath(const std::string& name) {
  const char* path = getenv("PATH");
  std::istringstream folders(path ? path : "/usr/local/bin:/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string candidate = folder + "/" + name;
    if (!folder.empty() && access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

/** `libc` stands for libc.so or, when there is none or it is a linker script, the first libc.so.NUMBER. */
std::string inFolder(const std::string& folder, const std::string& name) {
  std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(folder.c_str()), closedir);
  if (!directory) return {};
  std::string best;
  const std::string versioned = name + ".so.";
  while (struct dirent* entry = readdir(directory.get())) {
    std::string found = entry->d_name;
    if (found == name) return folder + "/" + found;
    bool matches = found.compare(0, versioned.size(), versioned) == 0;
    if (matches && (best.empty() || found.size() < best.size())) best = found;
  }
  return best.empty() ? best : folder + "/" + best;
}

}  // namespace

std::string binaries::find(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  std::string found = inPath(name);
  const std::vector<std::string> folders = {std::string("/lib/") + kTriplet, std::string("/usr/lib/") + kTriplet, "/lib64",
                                            "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib"};
  for (size_t i = 0; found.empty() && i < folders.size(); i++) found = inFolder(folders[i], name);
  if (found.empty()) throw SystemError(ENOENT, "no program or library " + name);
  return found;
}
