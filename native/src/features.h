// What this Linux can do; tried out once, never guessed from a version.
#pragma once

namespace features {

/**
 * Links that hold many user probes (Linux 6.6). Besides being quicker they need CAP_PERFMON only, where a
 * user probe of perf's needs CAP_SYS_ADMIN.
 */
bool uprobeMulti();

}  // namespace features
