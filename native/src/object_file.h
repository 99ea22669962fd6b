// One object file in libbpf's hands: open → set up → load. Shared by the JavaScript object, its background
// work and its readers, so that they may end in any order.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <bpf/libbpf.h>

#include "links.h"
#include "map.h"

class ObjectFile {
 public:
  enum class State { opened, loading, loaded, failed, retired };

  struct MapEntry {
    struct bpf_map* map;
    /** Symbol, or the section of a global variables' map. */
    std::string name;
    /** LIBBPF_PIN_BY_NAME was asked for; nothing is ever pinned. */
    bool shared;
    /** A descriptor of its own, of a map that outlived the object. */
    int kept = -1;
  };

  /** `btf`: path of the target's BTF, empty for the running Linux's. `logged`: keep all that libbpf and the verifier say. */
  ObjectFile(const uint8_t* elf, size_t length, const std::string& name, const std::string& btf, bool logged);
  ObjectFile(const ObjectFile&) = delete;
  ObjectFile& operator=(const ObjectFile&) = delete;
  ~ObjectFile();

  void scan(const std::vector<std::string>& actions);
  void setTarget(const std::string& program, uint32_t id, const std::string& function);
  void setGlobal(const std::string& section, uint64_t offset, const uint8_t* bytes, size_t length);
  void setMaxEntries(const std::string& map, uint32_t entries);
  void setValueSize(const std::string& map, uint32_t bytes);
  /** Of a loaded object: puts a program into an array of programs. */
  void setTailCall(const std::string& map, uint32_t index, const std::string& program);
  void reuseMap(const std::string& map, const ObjectFile& other, const std::string& otherMap);
  /** May take long; to be called once, after beginLoad(). */
  void load();
  /** Throws unless this object is ready to be loaded. */
  void beginLoad();

  /** Frees programs, rings and all maps but these, which can still be read and shared. Nothing may be attached. */
  void retire(const std::vector<std::string>& keep);

  uint32_t run(const std::string& program);
  struct Trial {
    uint32_t result;
    /** Average, ns. */
    uint32_t duration;
  };
  /** Runs a socket filter some times on an empty packet. */
  Trial attempt(const std::string& program, uint32_t times);
  /** Writes global variables of a loaded object; an aligned word of 1, 2, 4 or 8 bytes at once. */
  void poke(const std::string& section, uint64_t offset, const uint8_t* bytes, size_t length);

  struct bpf_program* program(const std::string& name) const;
  /** Index into maps(). */
  uint16_t mapIndex(const std::string& name) const;
  /** Descriptor of a loaded or kept map. */
  int mapFd(const std::string& name) const;
  /** To read a loaded or kept map; good as long as this. */
  Map readable(const std::string& name) const;

  void require(State state) const;
  const std::vector<MapEntry>& maps() const { return maps_; }
  const std::vector<struct bpf_program*>& programs() const { return programs_; }
  Links& links() { return links_; }
  const Links& links() const { return links_; }
  /** What was said while opening and loading; empty unless it is kept. */
  const std::string& log() const { return log_; }

 private:
  /** Of a map of this object by the number that Linux gave it; empty for others. */
  std::string nameOf(uint32_t id) const;
  /** Which map Linux has none of the kind of; empty where it has all. */
  std::string lacking() const;
  struct bpf_map* mapNamed(const std::string& name) const { return maps_[mapIndex(name)].map; }

  struct Close {
    void operator()(struct bpf_object* object) const;
  };

  std::unique_ptr<struct bpf_object, Close> object_;
  std::vector<MapEntry> maps_;
  std::vector<struct bpf_program*> programs_;
  std::vector<uint8_t> elf_;
  const bool logged_;
  std::string log_;
  bool scanned_ = false;
  std::atomic<State> state_{State::opened};
  Links links_;
};
