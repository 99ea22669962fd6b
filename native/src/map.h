// Reading and emptying one map of the kernel's through its file descriptor.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <bpf/bpf.h>

#include "batch.h"

class Map {
 public:
  /** The name of a map of the same object, by the number that Linux gave it. */
  using NameOf = std::function<std::string(uint32_t id)>;

  /** `fd` stays the caller's and must outlive this. Throws for map types that have no entries to read. */
  Map(int fd, uint16_t index, NameOf nameOf = {});

  /**
   * Appends a snapshot entry; entries come in the kernel's order. What Linux has no list of, or only numbers for, is
   * told in words: whose a value of task or cgroup storage is, and which map is in a map of maps. Of a queue or stack
   * the next value is read, which stays there.
   */
  void snapshot(Batch& batch) const;
  /** Deletes all entries; an array's, which cannot be deleted, are zeroed. */
  void clear() const;
  /** Sets all values to zero and keeps the keys. */
  void zero() const;
  /** Per entry, the sum over all CPUs of the u64 at the value's start. */
  std::vector<uint64_t> sums() const;

 private:
  /** `values`: one value, or one for each possible CPU, each rounded up to 8 bytes. */
  using Visit = std::function<void(const uint8_t* key, const uint8_t* values)>;

  void each(const Visit& visit) const;
  /** As Linux has them: keys and values that can be written again. */
  void requirePlain() const;
  /** Many entries a system call; false when this kernel cannot for this type of map. */
  bool eachInBulk(bool remove, const Visit& visit) const;
  void eachByKey(const Visit& visit) const;
  std::vector<uint8_t> keys() const;
  bool isArray() const;

  int fd_;
  uint16_t index_;
  NameOf nameOf_;
  struct bpf_map_info info_ {};
  uint32_t cpus_;
  /** Bytes of all of an entry's values as the kernel hands them over. */
  uint32_t stride_;
  /** Of a snapshot's entries. */
  uint32_t keySize_, valueSize_;
};
