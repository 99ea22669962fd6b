// What this Linux can do; tried out once, never guessed from a version.
#pragma once

#include <map>
#include <string>

#include <bpf/libbpf.h>

namespace features {

/** Treats kprobe_multi, kprobe_session or uprobe_multi as missing from now on, whatever Linux can do. Before all else here is asked. */
void disable(const std::string& feature);

/**
 * Kinds of attaching that this Linux lacks or refuses, each with its reason: kprobe, kprobe_multi, kprobe_session,
 * uprobe_multi, fentry.
 */
const std::map<std::string, std::string>& missing();

/** Whether there are maps of a type. */
bool hasMaps(enum bpf_map_type type);

/**
 * Links that hold many user probes (Linux 6.6). Besides being quicker they need CAP_PERFMON only, where a
 * user probe of perf's needs CAP_SYS_ADMIN.
 */
bool uprobeMulti();

/** Whether CAP_PERFMON opens perf events; Debian and Ubuntu have a stricter level that asks for CAP_SYS_ADMIN. */
bool perfEventsByPerfmon();

}  // namespace features
