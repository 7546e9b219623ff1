declare const __WIZARD_VERSION__: string | undefined

/** The build sets it; a run from source is a development version. */
export const version = typeof __WIZARD_VERSION__ === 'string' ? __WIZARD_VERSION__ : '0.0.0-dev'
