// SPDX-License-Identifier: Apache-2.0
// Nothing: the target needs a source for its precompiled header.
