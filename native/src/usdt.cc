#include "usdt.h"

#include <fcntl.h>
#include <gelf.h>
#include <unistd.h>

#include <cstring>
#include <memory>

#include "errors.h"

// The note's layout: https://sourceware.org/systemtap/wiki/UserSpaceProbeImplementation
namespace {

constexpr GElf_Word kStapNote = 3;
constexpr char kOwner[] = "stapsdt";

struct Section {
  Elf_Scn* scn = nullptr;
  GElf_Shdr header{};
};

Section findSection(Elf* elf, const char* name) {
  size_t names;
  if (elf_getshdrstrndx(elf, &names)) return {};
  for (Elf_Scn* scn = nullptr; (scn = elf_nextscn(elf, scn));) {
    Section found{scn};
    if (!gelf_getshdr(scn, &found.header)) continue;
    const char* text = elf_strptr(elf, names, found.header.sh_name);
    if (text && !strcmp(text, name)) return found;
  }
  return {};
}

/** Notes hold addresses in memory; 0 when no segment has this one. */
uint64_t fileOffset(Elf* elf, uint64_t address) {
  size_t count;
  if (elf_getphdrnum(elf, &count)) return 0;
  for (size_t i = 0; i < count; i++) {
    GElf_Phdr segment;
    if (!gelf_getphdr(elf, i, &segment) || segment.p_type != PT_LOAD) continue;
    if (address >= segment.p_vaddr && address < segment.p_vaddr + segment.p_memsz)
      return address - segment.p_vaddr + segment.p_offset;
  }
  return 0;
}

/** The string at `*at`, which then stands behind its NUL; false when there is none before `end`. */
bool takeString(const char** at, const char* end, std::string* out) {
  const void* nul = *at < end ? memchr(*at, 0, end - *at) : nullptr;
  if (!nul) return false;
  out->assign(*at, static_cast<const char*>(nul) - *at);
  *at = static_cast<const char*>(nul) + 1;
  return true;
}

/** Three addresses (the probe's, where the linker put .stapsdt.base, the semaphore's) and three strings. */
bool parse(Elf* elf, const char* text, size_t size, uint64_t base, usdt::Site* site) {
  uint64_t addresses[3];
  if (size < sizeof addresses) return false;
  memcpy(addresses, text, sizeof addresses);
  const char* at = text + sizeof addresses;
  const char* end = text + size;
  if (!takeString(&at, end, &site->provider) || !takeString(&at, end, &site->name) ||
      !takeString(&at, end, &site->arguments))
    return false;
  // prelink moves the code behind the notes' back; by how much, the base tells.
  uint64_t moved = base ? base - addresses[1] : 0;
  site->address = addresses[0] + moved;
  site->offset = fileOffset(elf, site->address);
  site->semaphore = addresses[2] ? fileOffset(elf, addresses[2] + moved) : 0;
  return site->offset != 0;
}

}  // namespace

std::vector<usdt::Site> usdt::sites(const std::string& path) {
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw systemError(errno, path + " cannot be read");
  elf_version(EV_CURRENT);
  std::unique_ptr<Elf, int (*)(Elf*)> elf(elf_begin(file, ELF_C_READ_MMAP, nullptr), elf_end);
  // The mapping stays.
  close(file);
  if (!elf || elf_kind(elf.get()) != ELF_K_ELF || gelf_getclass(elf.get()) != ELFCLASS64)
    throw SystemError(EINVAL, path + " is not a 64-bit ELF file");
  std::vector<Site> found;
  Section notes = findSection(elf.get(), ".note.stapsdt");
  Elf_Data* data = notes.scn ? elf_getdata(notes.scn, nullptr) : nullptr;
  if (!data) return found;
  uint64_t base = findSection(elf.get(), ".stapsdt.base").header.sh_addr;
  GElf_Nhdr note;
  size_t name, text;
  for (size_t at = 0; (at = gelf_getnote(data, at, &note, &name, &text)) > 0;) {
    const char* bytes = static_cast<const char*>(data->d_buf);
    if (note.n_type != kStapNote || note.n_namesz != sizeof kOwner || memcmp(bytes + name, kOwner, sizeof kOwner)) continue;
    Site site;
    if (parse(elf.get(), bytes + text, note.n_descsz, base, &site)) found.push_back(site);
  }
  return found;
}
