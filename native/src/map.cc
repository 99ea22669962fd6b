#include "map.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include <bpf/libbpf.h>

#include "errors.h"
#include "map_owners.h"

namespace {

constexpr size_t kMaximumBytes = 128 << 20;
constexpr uint32_t kBulk = 4096;
/** What the kernel's ENOTSUPP is; it has no name in user space. */
constexpr int kNotSupported = 524;

constexpr enum bpf_map_type kArrays[] = {BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_PERCPU_ARRAY};
constexpr enum bpf_map_type kPerCpu[] = {BPF_MAP_TYPE_PERCPU_ARRAY, BPF_MAP_TYPE_PERCPU_HASH, BPF_MAP_TYPE_LRU_PERCPU_HASH};
/** What has keys and values. */
constexpr enum bpf_map_type kPlain[] = {
    BPF_MAP_TYPE_ARRAY,        BPF_MAP_TYPE_PERCPU_ARRAY,    BPF_MAP_TYPE_HASH,     BPF_MAP_TYPE_PERCPU_HASH,
    BPF_MAP_TYPE_LRU_HASH,     BPF_MAP_TYPE_LRU_PERCPU_HASH, BPF_MAP_TYPE_LPM_TRIE, BPF_MAP_TYPE_STACK_TRACE,
};
constexpr enum bpf_map_type kNext[] = {BPF_MAP_TYPE_QUEUE, BPF_MAP_TYPE_STACK};
constexpr enum bpf_map_type kOfMaps[] = {BPF_MAP_TYPE_ARRAY_OF_MAPS, BPF_MAP_TYPE_HASH_OF_MAPS};
/** The name of a map in a map; libbpf and Linux keep fewer characters. */
constexpr uint32_t kNameBytes = 64;

/** Values that belong to something, and how to go through all there is of it. */
constexpr struct {
  enum bpf_map_type type;
  uint32_t keySize;
  void (*each)(const owners::Look& look, const owners::Visit& visit);
} kOwned[] = {
    {BPF_MAP_TYPE_TASK_STORAGE, owners::kTaskKey, owners::eachTask},
    {BPF_MAP_TYPE_CGRP_STORAGE, owners::kCgroupKey, owners::eachCgroup},
};

template <size_t size>
bool contains(const enum bpf_map_type (&types)[size], uint32_t type) {
  return std::find(types, types + size, type) != types + size;
}

auto ownedRow(uint32_t type) {
  return std::find_if(std::begin(kOwned), std::end(kOwned), [&](const auto& row) { return row.type == type; });
}

uint32_t roundUp(uint32_t bytes) { return (bytes + 7) & ~7u; }

}  // namespace

Map::Map(int fd, uint16_t index, NameOf nameOf) : fd_(fd), index_(index), nameOf_(std::move(nameOf)) {
  uint32_t length = sizeof info_;
  int error = bpf_map_get_info_by_fd(fd, &info_, &length);
  if (error) throw systemError(-error, "map cannot be read");
  auto owned = ownedRow(info_.type);
  bool isOwned = owned != std::end(kOwned), ofMaps = contains(kOfMaps, info_.type);
  if (!contains(kPlain, info_.type) && !contains(kNext, info_.type) && !ofMaps && !isOwned)
    throw SystemError(EOPNOTSUPP, std::string("map ") + info_.name + " has no entries to read");
  bool perCpu = contains(kPerCpu, info_.type);
  cpus_ = perCpu ? libbpf_num_possible_cpus() : 1;
  stride_ = perCpu ? roundUp(info_.value_size) * cpus_ : info_.value_size;
  keySize_ = isOwned ? owned->keySize : info_.key_size;
  valueSize_ = ofMaps ? kNameBytes : info_.value_size;
}

bool Map::isArray() const { return contains(kArrays, info_.type); }

void Map::each(const Visit& visit) const {
  std::vector<uint8_t> value(stride_);
  auto look = [&](const void* key) { return bpf_map_lookup_elem(fd_, key, value.data()) == 0; };
  auto owned = ownedRow(info_.type);
  if (owned != std::end(kOwned)) {
    owned->each([&](int descriptor) { return look(&descriptor); },
                [&](const uint8_t* key) { visit(key, value.data()); });
  } else if (contains(kNext, info_.type)) {
    if (look(nullptr)) visit(nullptr, value.data());
  } else if (!eachInBulk(false, visit)) {
    eachByKey(visit);
  }
}

void Map::requirePlain() const {
  if (!contains(kPlain, info_.type))
    throw SystemError(EOPNOTSUPP, std::string("map ") + info_.name + " cannot be changed from here");
}

bool Map::eachInBulk(bool remove, const Visit& visit) const {
  auto* read = remove ? bpf_map_lookup_and_delete_batch : bpf_map_lookup_batch;
  uint32_t room = std::min(kBulk, info_.max_entries);
  std::vector<uint8_t> keys, values;
  // The place to go on from is a key for arrays, a bucket number for hashes.
  std::vector<uint8_t> place(std::max(info_.key_size, 8u)), next(place.size());
  for (bool first = true;;) {
    keys.resize(size_t{room} * info_.key_size);
    values.resize(size_t{room} * stride_);
    uint32_t count = room;
    int error = read(fd_, first ? nullptr : place.data(), next.data(), keys.data(), values.data(), &count, nullptr);
    if (error == -ENOSPC) {  // one bucket holds more than there is room for
      room *= 2;
      continue;
    }
    if (error && error != -ENOENT) {
      if (first && (error == -EINVAL || error == -kNotSupported || error == -EOPNOTSUPP)) return false;
      throw systemError(-error, std::string("map ") + info_.name + " cannot be read");
    }
    for (uint32_t i = 0; i < count; i++) visit(&keys[size_t{i} * info_.key_size], &values[size_t{i} * stride_]);
    if (error) return true;
    place.swap(next);
    first = false;
  }
}

void Map::eachByKey(const Visit& visit) const {
  std::vector<uint8_t> key(info_.key_size), next(info_.key_size), values(stride_);
  // A key that was deleted meanwhile sends the kernel back to the first one: the bound ends a walk that
  // would go round for ever.
  uint64_t left = 2ull * info_.max_entries + 1;
  for (bool first = true; left-- && !bpf_map_get_next_key(fd_, first ? nullptr : key.data(), next.data()); first = false) {
    if (!bpf_map_lookup_elem(fd_, next.data(), values.data())) visit(next.data(), values.data());
    key.swap(next);
  }
}

std::vector<uint8_t> Map::keys() const {
  std::vector<uint8_t> keys;
  each([&](const uint8_t* key, const uint8_t*) { keys.insert(keys.end(), key, key + info_.key_size); });
  return keys;
}

void Map::snapshot(Batch& batch) const {
  size_t entry = batch.begin(Batch::Kind::snapshot, index_);
  batch.u32(keySize_);
  batch.u32(valueSize_);
  batch.u32(cpus_);
  size_t countAt = batch.bytes.size();
  batch.u32(0);
  uint32_t count = 0;
  uint32_t step = stride_ / cpus_;
  auto append = [&](const uint8_t* key, const uint8_t* values) {
    if (batch.bytes.size() > kMaximumBytes) throw SystemError(E2BIG, std::string("map ") + info_.name + " is too large to be read whole");
    batch.put(key, keySize_);
    batch.pad();
    char name[kNameBytes] = {};
    if (contains(kOfMaps, info_.type)) {
      uint32_t id;
      memcpy(&id, values, sizeof id);
      std::string told = nameOf_ ? nameOf_(id) : "";
      snprintf(name, sizeof name, "%s", told.empty() ? ("map " + std::to_string(id)).c_str() : told.c_str());
      values = reinterpret_cast<const uint8_t*>(name);
    }
    for (uint32_t cpu = 0; cpu < cpus_; cpu++) {
      batch.put(values + cpu * step, valueSize_);
      batch.pad();
    }
    count++;
  };
  try {
    each(append);
  } catch (...) {
    batch.bytes.resize(entry);
    throw;
  }
  batch.u32At(countAt, count);
  batch.end(entry);
}

void Map::clear() const {
  requirePlain();
  if (isArray()) return zero();
  if (eachInBulk(true, [](const uint8_t*, const uint8_t*) {})) return;
  std::vector<uint8_t> all = keys();
  for (size_t at = 0; at < all.size(); at += info_.key_size) bpf_map_delete_elem(fd_, &all[at]);
}

void Map::zero() const {
  requirePlain();
  std::vector<uint8_t> all = keys();
  const std::vector<uint8_t> zeroes(stride_);
  // An entry may be gone by now: BPF_EXIST keeps it from coming back.
  for (size_t at = 0; at < all.size(); at += info_.key_size) bpf_map_update_elem(fd_, &all[at], zeroes.data(), BPF_EXIST);
}

std::vector<uint64_t> Map::sums() const {
  std::vector<uint64_t> sums;
  uint32_t step = stride_ / cpus_;
  each([&](const uint8_t*, const uint8_t* values) {
    uint64_t sum = 0;
    for (uint32_t cpu = 0; cpu < cpus_; cpu++) {
      uint64_t value = 0;
      memcpy(&value, values + cpu * step, std::min<size_t>(sizeof value, info_.value_size));
      sum += value;
    }
    sums.push_back(sum);
  });
  return sums;
}
