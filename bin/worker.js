'use strict'

// The entry of a thread of the pool.
require('./load.js').loadEntry('worker')
