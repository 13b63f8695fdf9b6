/** The JSON form of definitions and requests, written and read field by field. */
@NullMarked
package io.hpc4j.json;

import org.jspecify.annotations.NullMarked;
