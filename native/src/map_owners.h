// Whose the values of task and cgroup storage are: Linux finds one by a descriptor of its owner, and lists none.
#pragma once

#include <cstdint>
#include <functional>

namespace owners {

/** Is there a value for the owner of this descriptor? */
using Look = std::function<bool(int descriptor)>;
/** Called with the key that a snapshot has for an owner that has a value, right behind the look. */
using Visit = std::function<void(const uint8_t* key)>;

/** u32 thread id, and its name in 16 bytes. */
constexpr uint32_t kTaskKey = 20;
/** All threads; before Linux 6.9, which knows no descriptors of others, those that are processes' first. */
void eachTask(const Look& look, const Visit& visit);

/** u64 id. */
constexpr uint32_t kCgroupKey = 8;
/** All cgroups of version 2. */
void eachCgroup(const Look& look, const Visit& visit);

}  // namespace owners
