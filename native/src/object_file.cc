#include "object_file.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "allowlist.h"
#include "btf.h"
#include "errors.h"
#include "features.h"
#include "loaded_programs.h"
#include "process.h"
#include "verifier_log.h"

namespace {

/** libbpf makes map names of it, where a dot would separate name and section. */
std::string plainName(std::string name) {
  std::replace_if(name.begin(), name.end(), [](unsigned char c) { return !isalnum(c); }, '_');
  return name.empty() ? "object" : name;
}

/** libbpf answers malformed files with numbers of its own. */
int errnoOf(int code) { return code >= 4000 ? EINVAL : code; }

/** Every instruction with the state before it; what the verifier says of itself comes last. */
constexpr uint32_t kWholeLog = 2;

/**
 * The verifier follows every turn of a loop: what it writes when it gives up is more than a frame or a notebook can
 * hold. The beginning and the end tell it all.
 */
constexpr size_t kRefusedLog = 256 * 1024;
/** Of a program whose log was asked for. */
constexpr size_t kAskedLog = 16 * 1024 * 1024;

/** As libbpf writes what it keeps itself; empty for a program that was not loaded. */
std::string framed(const struct bpf_program* program, const VerifierLog& log) {
  std::string text = log.text(kAskedLog);
  if (text.empty()) return {};
  return std::string("libbpf: prog '") + bpf_program__name(program) + "': -- BEGIN PROG LOAD LOG --\n" + text +
         "-- END PROG LOAD LOG --\n";
}

/** The program libbpf was at when it failed: `prog 'NAME': …`. */
std::string failedProgram(const std::string& text) {
  static const std::string mark = "prog '";
  size_t from = text.rfind(mark);
  if (from == std::string::npos) return {};
  from += mark.size();
  return text.substr(from, text.find('\'', from) - from);
}

template <typename Word>
bool storeWord(uint8_t* to, const uint8_t* from, size_t length) {
  if (length != sizeof(Word) || reinterpret_cast<uintptr_t>(to) % sizeof(Word)) return false;
  Word word;
  memcpy(&word, from, sizeof word);
  __atomic_store_n(reinterpret_cast<Word*>(to), word, __ATOMIC_RELEASE);
  return true;
}

/** Into memory that programs are reading: a word never shows half of it. */
void store(uint8_t* to, const uint8_t* from, size_t length) {
  bool whole = storeWord<uint8_t>(to, from, length) || storeWord<uint16_t>(to, from, length) ||
               storeWord<uint32_t>(to, from, length) || storeWord<uint64_t>(to, from, length);
  if (!whole) memcpy(to, from, length);
}

}  // namespace

ObjectFile::ObjectFile(const uint8_t* elf, size_t length, const std::string& name, const std::string& btf, bool logged)
    : elf_(elf, elf + length), logged_(logged) {
  std::string plain = plainName(name);
  LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = plain.c_str());
  if (!btf.empty()) options.btf_custom_path = btf.c_str();
  if (logged) options.kernel_log_level = kWholeLog;
  LogCapture log(logged);
  object_.reset(bpf_object__open_mem(elf, length, &options));
  if (logged) log_ = log.text();
  if (!object_) throw SystemError(errnoOf(errno), "not a BPF object file", log.text());

  if (const struct btf* types = bpf_object__btf(object_.get())) requireSaneBtf(types);
  struct bpf_program* program;
  bpf_object__for_each_program(program, object_.get()) programs_.push_back(program);
  struct bpf_map* map;
  bpf_object__for_each_map(map, object_.get()) {
    std::string mapName = bpf_map__name(map);
    if (bpf_map__is_internal(map)) mapName.erase(0, mapName.find('.'));
    bool shared = bpf_map__pin_path(map) != nullptr;
    if (shared) bpf_map__set_pin_path(map, nullptr);
    maps_.push_back({map, mapName, shared});
  }
}

ObjectFile::~ObjectFile() {
  for (const struct bpf_program* program : programs_) loadedPrograms::forgetTarget(program);
  for (const MapEntry& entry : maps_)
    if (entry.kept >= 0) close(entry.kept);
}

void ObjectFile::Close::operator()(struct bpf_object* object) const {
  LogCapture quiet;
  bpf_object__close(object);
}

void ObjectFile::require(State state) const {
  if (state_ == state) return;
  static const char* const words[] = {"not loaded yet", "being loaded", "loaded already", "one that failed to load",
                                      "retired"};
  throw SystemError(EBUSY, std::string("the object is ") + words[static_cast<int>(state_.load())]);
}

struct bpf_program* ObjectFile::program(const std::string& name) const {
  for (struct bpf_program* program : programs_)
    if (name == bpf_program__name(program)) return program;
  throw SystemError(ENOENT, "no program " + name);
}

uint16_t ObjectFile::mapIndex(const std::string& name) const {
  for (size_t i = 0; i < maps_.size(); i++)
    if (maps_[i].name == name) return i;
  throw SystemError(ENOENT, "no map " + name);
}

int ObjectFile::mapFd(const std::string& name) const {
  const MapEntry& entry = maps_[mapIndex(name)];
  if (entry.kept >= 0) return entry.kept;
  require(State::loaded);
  int fd = bpf_map__fd(entry.map);
  if (fd < 0) throw SystemError(ENOENT, "map " + name + " was not created");
  return fd;
}

Map ObjectFile::readable(const std::string& name) const {
  return Map(mapFd(name), mapIndex(name), [this](uint32_t id) { return nameOf(id); });
}

std::string ObjectFile::nameOf(uint32_t id) const {
  for (const MapEntry& entry : maps_) {
    int fd = entry.kept >= 0 || !entry.map ? entry.kept : bpf_map__fd(entry.map);
    struct bpf_map_info info {};
    uint32_t length = sizeof info;
    if (fd >= 0 && !bpf_map_get_info_by_fd(fd, &info, &length) && info.id == id) return entry.name;
  }
  return {};
}

void ObjectFile::scan(const std::vector<std::string>& actions) {
  require(State::opened);
  scanAgainstAllowlist(object_.get(), elf_.data(), elf_.size(), actions);
  scanned_ = true;
}

void ObjectFile::setTarget(const std::string& name, uint32_t id, const std::string& function) {
  require(State::opened);
  loadedPrograms::setTarget(program(name), id, function);
}

void ObjectFile::setGlobal(const std::string& section, uint64_t offset, const uint8_t* bytes, size_t length) {
  require(State::opened);
  size_t size = 0;
  void* initial = bpf_map__initial_value(mapNamed(section), &size);
  if (!initial) throw SystemError(EINVAL, section + " holds no global variables");
  if (offset > size || length > size - offset) throw SystemError(ERANGE, section + " has only " + std::to_string(size) + " bytes");
  memcpy(static_cast<uint8_t*>(initial) + offset, bytes, length);
}

void ObjectFile::setMaxEntries(const std::string& map, uint32_t entries) {
  require(State::opened);
  int error = bpf_map__set_max_entries(mapNamed(map), entries);
  if (error) throw systemError(-error, "map " + map + " cannot have " + std::to_string(entries) + " entries");
}

void ObjectFile::setValueSize(const std::string& map, uint32_t bytes) {
  require(State::opened);
  int error = bpf_map__set_value_size(mapNamed(map), bytes);
  if (error) throw systemError(-error, "map " + map + " cannot have values of " + std::to_string(bytes) + " bytes");
}

void ObjectFile::reuseMap(const std::string& name, const ObjectFile& other, const std::string& otherName) {
  require(State::opened);
  struct bpf_map* map = mapNamed(name);
  int fd = other.mapFd(otherName);
  struct bpf_map_info info {};
  uint32_t length = sizeof info;
  int error = bpf_map_get_info_by_fd(fd, &info, &length);
  if (error) throw systemError(-error, "map " + otherName + " cannot be shared");

  // libbpf takes any map, and the verifier then trusts sizes that this object's code was not compiled for.
  // The number of entries may differ: code does not depend on it.
  const struct {
    const char* what;
    uint32_t mine, theirs;
  } properties[] = {
      {"type", bpf_map__type(map), info.type},
      {"key size", bpf_map__key_size(map), info.key_size},
      {"value size", bpf_map__value_size(map), info.value_size},
      {"flags", bpf_map__map_flags(map), info.map_flags},
  };
  for (const auto& property : properties) {
    if (property.mine == property.theirs) continue;
    throw SystemError(EINVAL, "map " + name + " cannot be shared with " + otherName + ": its " + property.what + " is " +
                                  std::to_string(property.mine) + " here and " + std::to_string(property.theirs) + " there");
  }
  error = bpf_map__reuse_fd(map, fd);
  if (error) throw systemError(-error, "map " + name + " cannot be shared");
}

void ObjectFile::setTailCall(const std::string& map, uint32_t index, const std::string& name) {
  require(State::loaded);
  int fd = bpf_program__fd(program(name));
  if (bpf_map__type(mapNamed(map)) != BPF_MAP_TYPE_PROG_ARRAY) throw SystemError(EINVAL, "map " + map + " holds no programs");
  if (bpf_map_update_elem(mapFd(map), &index, &fd, BPF_ANY))
    throw SystemError(errno, "program " + name + " cannot be put into map " + map + " at " + std::to_string(index));
}

void ObjectFile::beginLoad() {
  require(State::opened);
  if (!scanned_) throw SystemError(EPERM, "the object was not scanned: call scan() before load()");
  for (struct bpf_program* program : programs_) {
    if (AttachSpec::isUprobeSection(bpf_program__section_name(program)) && features::uprobeMulti())
      bpf_program__set_expected_attach_type(program, BPF_TRACE_UPROBE_MULTI);
    // One by one then, which programs of these kinds are not taken for.
    enum bpf_attach_type type = bpf_program__expected_attach_type(program);
    bool one = (type == BPF_TRACE_KPROBE_MULTI && features::missing().count("kprobe_multi")) ||
               (type == BPF_TRACE_UPROBE_MULTI && !features::uprobeMulti());
    if (one) bpf_program__set_expected_attach_type(program, static_cast<enum bpf_attach_type>(0));
  }
  state_ = State::loading;
  elf_ = {};
}

void ObjectFile::load() {
  // libbpf loads each program without a log first, and a refused one, which is the last, again: one log will do for all,
  // but where those of the others are asked for, too.
  std::vector<VerifierLog> logs(logged_ ? programs_.size() : 1);
  auto logOf = [&](size_t i) -> const VerifierLog& { return logs[logged_ ? i : 0]; };
  for (size_t i = 0; i < programs_.size(); i++)
    bpf_program__set_log_buf(programs_[i], logOf(i).data(), logOf(i).size());
  LogCapture said(logged_);
  int error = bpf_object__load(object_.get());
  for (const struct bpf_program* program : programs_) loadedPrograms::forgetTarget(program);
  state_ = error ? State::failed : State::loaded;
  if (logged_) {
    log_ += said.text();
    for (size_t i = 0; i < programs_.size(); i++) log_ += framed(programs_[i], logOf(i));
  }
  if (!error) return;
  if (std::string lack = lacking(); !lack.empty()) throw SystemError(errnoOf(-error), lack, said.text());
  std::string failed = failedProgram(said.text()), log;
  for (size_t i = 0; i < programs_.size(); i++)
    if (failed == bpf_program__name(programs_[i])) log = logOf(i).text(kRefusedLog);
  std::string what = failed.empty() ? "the object could not be loaded" : "program " + failed + " could not be loaded";
  throw SystemError(errnoOf(-error), what + ": " + strerror(errnoOf(-error)), log.empty() ? said.text() : log, failed);
}

std::string ObjectFile::lacking() const {
  for (const MapEntry& entry : maps_) {
    enum bpf_map_type type = bpf_map__type(entry.map);
    if (!features::hasMaps(type))
      return "this Linux has no maps of type " + std::string(libbpf_bpf_map_type_str(type)) + " (" + entry.name + ")";
  }
  return {};
}

void ObjectFile::retire(const std::vector<std::string>& keep) {
  require(State::loaded);
  if (!links_.empty()) throw SystemError(EBUSY, "the object is attached");
  for (MapEntry& entry : maps_) {
    if (std::find(keep.begin(), keep.end(), entry.name) == keep.end()) continue;
    entry.kept = fcntl(mapFd(entry.name), F_DUPFD_CLOEXEC, 0);
    if (entry.kept < 0) throw systemError(errno, "map " + entry.name + " cannot be kept");
  }
  state_ = State::retired;
  for (MapEntry& entry : maps_) entry.map = nullptr;
  programs_.clear();
  object_.reset();
}

uint32_t ObjectFile::run(const std::string& name) {
  struct bpf_program* found = program(name);
  require(State::loaded);
  // A raw tracepoint's context is up to twelve arguments; programs that look find zeroes.
  uint64_t context[12] = {};
  LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = context, .ctx_size_in = sizeof context);
  // Programs that this process runs itself read its name as comm: scripts expect the tool's that they are written for.
  process::ThreadName comm("bpftrace");
  int error = bpf_prog_test_run_opts(bpf_program__fd(found), &options);
  if (error) throw systemError(-error, "program " + name + " could not be run");
  return options.retval;
}

ObjectFile::Trial ObjectFile::attempt(const std::string& name, uint32_t times) {
  struct bpf_program* found = program(name);
  require(State::loaded);
  // Linux wants an Ethernet header at least.
  uint8_t packet[64] = {};
  LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = packet, .data_size_in = sizeof packet, .repeat = static_cast<int>(times));
  process::ThreadName comm("bpftrace");
  int error = bpf_prog_test_run_opts(bpf_program__fd(found), &options);
  if (error) throw systemError(-error, "program " + name + " could not be run");
  return {options.retval, options.duration};
}

void ObjectFile::poke(const std::string& section, uint64_t offset, const uint8_t* bytes, size_t length) {
  require(State::loaded);
  struct bpf_map* map = mapNamed(section);
  uint32_t flags = bpf_map__map_flags(map);
  size_t size = 0;
  auto* mapped = static_cast<uint8_t*>(bpf_map__initial_value(map, &size));
  if (!mapped || !(flags & BPF_F_MMAPABLE) || (flags & BPF_F_RDONLY_PROG))
    throw SystemError(EINVAL, section + " is not mapped for writing");
  if (offset > size || length > size - offset) throw SystemError(ERANGE, section + " has only " + std::to_string(size) + " bytes");
  store(mapped + offset, bytes, length);
}
