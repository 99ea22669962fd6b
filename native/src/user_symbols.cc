#include "user_symbols.h"

#include <cxxabi.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <gelf.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <set>

#include "errors.h"

namespace {

using userSymbols::Symbol;
using Visit = std::function<void(const char* name, const Symbol&)>;

/** Linux counts in the file, symbols in memory: the section that holds the address knows both. */
uint64_t fileOffset(Elf* elf, const GElf_Sym& symbol) {
  GElf_Shdr section;
  Elf_Scn* holder = elf_getscn(elf, symbol.st_shndx);
  if (!holder || !gelf_getshdr(holder, &section)) return 0;
  return symbol.st_value - section.sh_addr + section.sh_offset;
}

void visitTable(Elf* elf, Elf_Scn* table, const Visit& visit) {
  GElf_Shdr header;
  Elf_Data* data = elf_getdata(table, nullptr);
  if (!data || !gelf_getshdr(table, &header)) return;
  GElf_Sym symbol;
  for (int i = 0; gelf_getsym(data, i, &symbol); i++) {
    int type = GELF_ST_TYPE(symbol.st_info);
    bool isFunction = type == STT_FUNC || type == STT_GNU_IFUNC;
    if ((!isFunction && type != STT_OBJECT) || symbol.st_shndx == SHN_UNDEF) continue;
    const char* name = elf_strptr(elf, header.sh_link, symbol.st_name);
    if (name && *name) visit(name, {"", fileOffset(elf, symbol), symbol.st_value, symbol.st_size, isFunction});
  }
}

void visitAll(const std::string& path, const Visit& visit) {
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw systemError(errno, path + " cannot be read");
  elf_version(EV_CURRENT);
  std::unique_ptr<Elf, int (*)(Elf*)> elf(elf_begin(file, ELF_C_READ_MMAP, nullptr), elf_end);
  // The mapping stays.
  close(file);
  if (!elf || elf_kind(elf.get()) != ELF_K_ELF) throw SystemError(EINVAL, path + " is not an ELF file");
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf.get(), section));) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) && (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM))
      visitTable(elf.get(), section, visit);
  }
}

/** Names may end in `@VERSION` or `@@VERSION`. */
std::string withoutVersion(const char* name) {
  std::string whole = name;
  return whole.substr(0, whole.find('@'));
}

/** `ns::f(int, char)` → `ns::f`; the parameters of `operator()(int)` are its last ones. */
std::string withoutParameters(const std::string& name) {
  size_t depth = 0;
  for (size_t i = name.size(); i-- > 0;) {
    if (name[i] == ')') depth++;
    else if (name[i] == '(' && --depth == 0) return name.substr(0, i);
  }
  return name;
}

/** `?` stands for itself. */
std::string globOf(const std::string& pattern) {
  std::string glob;
  for (char letter : pattern) glob += letter == '?' ? std::string("[?]") : std::string(1, letter);
  return glob;
}

}  // namespace

std::string userSymbols::demangled(const char* name) {
  int status;
  std::unique_ptr<char, decltype(&free)> text(abi::__cxa_demangle(name, nullptr, nullptr, &status), free);
  return text ? text.get() : "";
}

std::vector<Symbol> userSymbols::matching(const std::string& path, const std::string& pattern, bool cpp) {
  std::vector<Symbol> found;
  bool exactly = false;
  std::set<std::pair<std::string, uint64_t>> seen;
  const std::string glob = globOf(pattern);
  visitAll(path, [&](const char* raw, const Symbol& symbol) {
    std::string name = withoutVersion(raw);
    if (cpp) {
      if (name.compare(0, 2, "_Z")) return;
      name = withoutParameters(demangled(name.c_str()));
    }
    const bool equal = name == pattern;
    if (!equal && (exactly || fnmatch(glob.c_str(), name.c_str(), FNM_NOESCAPE))) return;
    // Names of Go may be globs themselves.
    if (equal && !exactly) found.clear();
    exactly = exactly || equal;
    // A name has one place, the first; a C++ name without its parameters may have several.
    if (!seen.insert({name, cpp ? symbol.address : 0}).second) return;
    found.push_back(symbol);
    found.back().name = name;
  });
  return found;
}

uint64_t userSymbols::functionOffset(const std::string& path, const std::string& name) {
  uint64_t offset = 0;
  visitAll(path, [&](const char* raw, const Symbol& symbol) {
    if (!offset && symbol.isFunction && withoutVersion(raw) == name) offset = symbol.offset;
  });
  if (!offset) throw SystemError(ENOENT, "no function " + name + " in " + path);
  return offset;
}
