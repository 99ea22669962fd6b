#include "attach_spec.h"

#include <cstdlib>

#include "errors.h"

namespace {

std::string kindOf(const std::string& section) { return section.substr(0, section.find('/')); }

bool isReturn(const std::string& kind) { return kind == "uretprobe" || kind == "uretprobe.s"; }

}  // namespace

bool AttachSpec::isUprobeSection(const std::string& section) {
  std::string kind = kindOf(section);
  return kind == "uprobe" || kind == "uprobe.s" || isReturn(kind);
}

AttachSpec AttachSpec::ofSection(const std::string& section) {
  std::string kind = kindOf(section);
  std::string rest = section.size() > kind.size() ? section.substr(kind.size() + 1) : "";
  bool tracepoint = kind == "tp" || kind == "tracepoint";
  if (!tracepoint && !isUprobeSection(section)) return {Kind::automatic};

  // `tp/CATEGORY/EVENT`, `uprobe/BINARY:SYMBOL`, `uprobe/BINARY:SYMBOL+OFFSET`, `uprobe/BINARY:OFFSET`
  size_t separator = rest.find(tracepoint ? '/' : ':');
  if (separator == 0 || separator == std::string::npos || separator + 1 == rest.size())
    throw SystemError(EINVAL, "SEC(\"" + section + "\") names no attach point");
  std::string first = rest.substr(0, separator), second = rest.substr(separator + 1);
  AttachSpec spec{tracepoint ? Kind::tracepoint : Kind::uprobe};
  if (tracepoint) {
    spec.category = first;
    spec.event = second;
    return spec;
  }
  spec.binary = first;
  spec.onReturn = isReturn(kind);
  size_t plus = second.find('+');
  bool number = isdigit(static_cast<unsigned char>(second[0]));
  if (!number) spec.symbol = second.substr(0, plus);
  if (number) spec.offset = strtoull(second.c_str(), nullptr, 0);
  else if (plus != std::string::npos) spec.offset = strtoull(second.c_str() + plus + 1, nullptr, 0);
  return spec;
}
