// Whether bots' content has a host name of its own (`content_origin`): then players and storage are real.

export const ownOrigin = self.origin !== 'null';
