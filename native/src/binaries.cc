#include "binaries.h"

#include <dirent.h>
#include <fcntl.h>
#include <gelf.h>
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

/** Linux counts in the file, symbols in memory: the section that holds the address knows both. */
uint64_t fileOffset(Elf* elf, const GElf_Sym& symbol) {
  GElf_Shdr section;
  Elf_Scn* holder = elf_getscn(elf, symbol.st_shndx);
  if (!holder || !gelf_getshdr(holder, &section)) return 0;
  return symbol.st_value - section.sh_addr + section.sh_offset;
}

/** 0 when the table has no such function. */
uint64_t searchTable(Elf* elf, Elf_Scn* table, const char* name) {
  GElf_Shdr header;
  Elf_Data* data = elf_getdata(table, nullptr);
  if (!data || !gelf_getshdr(table, &header)) return 0;
  GElf_Sym symbol;
  for (int i = 0; gelf_getsym(data, i, &symbol); i++) {
    int type = GELF_ST_TYPE(symbol.st_info);
    if ((type != STT_FUNC && type != STT_GNU_IFUNC) || symbol.st_shndx == SHN_UNDEF) continue;
    const char* found = elf_strptr(elf, header.sh_link, symbol.st_name);
    // Also as `name@VERSION`.
    size_t length = strlen(name);
    if (found && !strncmp(found, name, length) && (!found[length] || found[length] == '@')) return fileOffset(elf, symbol);
  }
  return 0;
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

uint64_t binaries::symbolOffset(const std::string& path, const std::string& symbol) {
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw systemError(errno, path + " cannot be read");
  elf_version(EV_CURRENT);
  Elf* elf = elf_begin(file, ELF_C_READ_MMAP, nullptr);
  uint64_t offset = 0;
  if (elf && elf_kind(elf) == ELF_K_ELF) {
    for (Elf_Scn* section = nullptr; !offset && (section = elf_nextscn(elf, section));) {
      GElf_Shdr header;
      bool table = gelf_getshdr(section, &header) && (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM);
      if (table) offset = searchTable(elf, section, symbol.c_str());
    }
  }
  elf_end(elf);
  close(file);
  if (!offset) throw SystemError(ENOENT, "no function " + symbol + " in " + path);
  return offset;
}
