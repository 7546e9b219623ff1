import type * as undici from 'undici'
import connect from 'undici/lib/api/api-connect.js'
import request from 'undici/lib/api/api-request.js'
import agent from 'undici/lib/dispatcher/agent.js'
import dispatcher from 'undici/lib/dispatcher/dispatcher.js'
import pool from 'undici/lib/dispatcher/pool.js'
import proxyAgent from 'undici/lib/dispatcher/proxy-agent.js'

/*
 * Imports only the parts of undici that wizard uses. undici's index also loads fetch, WebSocket,
 * caches and mocks, which takes longer than most commands run. It adds `request` and `connect` (a
 * proxy's tunnel) to the prototype in the same way.
 */
Object.assign(dispatcher.prototype, { request, connect })

export const Agent: typeof undici.Agent = agent
export const Pool: typeof undici.Pool = pool
export const ProxyAgent: typeof undici.ProxyAgent = proxyAgent
