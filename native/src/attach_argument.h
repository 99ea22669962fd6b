// An attach point as JavaScript gives it.
#pragma once

#include <napi.h>

#include "attach_spec.h"

/** From a NativeAttach of types.ts; throws a TypeError that names what is wrong. */
AttachSpec attachArgument(Napi::Env env, Napi::Value value);
