package org.demur.training;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.demur.sae.train.Collective;

/**
 * Workers in several processes: one connection between each two, over which whole packets go. A worker that fails closes its
 * connections, and the others fail with it instead of waiting.
 */
final class SocketCollective implements Collective {
    private static final int TIMEOUT_MILLIS = 600_000;

    private final int rank;
    private final Peer[] peers;
    private final ExecutorService senders;
    private final OutgoingPacket outgoing = new OutgoingPacket();

    private SocketCollective(int rank, Peer[] peers) {
        this.rank = rank;
        this.peers = peers;
        this.senders = Executors.newFixedThreadPool(Math.max(1, peers.length - 1), task -> {
            Thread thread = new Thread(task, "demur-sae-send");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Connects to the others. Worker r calls those below it and is called by those above it; a caller proves with the
     * listener's token that it belongs to the run.
     *
     * @param listener this worker's open door
     * @param rank this worker's number
     * @param addresses every worker's {@link Listener#address()}, in rank order
     */
    static SocketCollective connect(Listener listener, int rank, List<String> addresses) {
        Peer[] peers = new Peer[addresses.size()];
        try {
            for (int other = 0; other < rank; other++) {
                peers[other] = call(addresses.get(other), rank);
            }
            for (int waiting = rank + 1; waiting < peers.length; waiting++) {
                Socket socket = listener.server.accept();
                Peer peer = Peer.of(socket);
                long token = peer.in.readLong();
                int caller = peer.in.readInt();
                if (token != listener.token || caller <= rank || caller >= peers.length || peers[caller] != null) {
                    socket.close();
                    throw new IOException("A caller without the token of this run");
                }
                peers[caller] = peer;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Workers cannot reach one another at " + addresses, e);
        } finally {
            listener.close();
        }
        return new SocketCollective(rank, peers);
    }

    private static Peer call(String address, int rank) throws IOException {
        String[] parts = address.split(" ");
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(parts[0], Integer.parseInt(parts[1])), TIMEOUT_MILLIS);
        Peer peer = Peer.of(socket);
        peer.out.writeLong(Long.parseLong(parts[2]));
        peer.out.writeInt(rank);
        peer.out.flush();
        return peer;
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int size() {
        return peers.length;
    }

    @Override
    public <P extends Packet> List<P> allGather(P mine, PacketReader<P> reader) {
        ByteBuffer bytes = outgoing.fill(mine);
        List<Future<?>> sending = new ArrayList<>();
        for (Peer peer : peers) {
            if (peer != null) {
                sending.add(senders.submit(() -> peer.send(bytes.array(), bytes.limit())));
            }
        }
        List<P> packets = new ArrayList<>();
        for (int other = 0; other < peers.length; other++) {
            packets.add(other == rank ? mine : reader.read(other, peers[other].receive()));
        }
        sending.forEach(SocketCollective::finish);
        return packets;
    }

    private static void finish(Future<?> sending) {
        try {
            sending.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Another worker of this training run has failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while sending to other workers", e);
        }
    }

    @Override
    public void close() {
        senders.shutdownNow();
        for (Peer peer : peers) {
            if (peer != null) {
                peer.close();
            }
        }
    }

    /** A worker's open door before the workers know one another. */
    static final class Listener implements AutoCloseable {
        private final ServerSocket server;
        private final String host;
        private final long token = new SecureRandom().nextLong();

        /** Listens on any free port of {@code host}, the name under which other workers reach this one. */
        Listener(String host) {
            this.host = host;
            try {
                this.server = new ServerSocket(0, 64, InetAddress.getByName(host));
                server.setSoTimeout(TIMEOUT_MILLIS);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot listen on " + host, e);
            }
        }

        /** Host, port and token, for the other workers of this run only. */
        String address() {
            return host + " " + server.getLocalPort() + " " + token;
        }

        @Override
        public void close() {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static final class Peer {
        private final Socket socket;
        private final DataInputStream in;
        private final DataOutputStream out;
        private byte[] incoming = new byte[0];

        private Peer(Socket socket, DataInputStream in, DataOutputStream out) {
            this.socket = socket;
            this.in = in;
            this.out = out;
        }

        static Peer of(Socket socket) throws IOException {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            return new Peer(
                    socket,
                    new DataInputStream(socket.getInputStream()),
                    new DataOutputStream(socket.getOutputStream()));
        }

        Void send(byte[] bytes, int length) throws IOException {
            out.writeInt(length);
            out.write(bytes, 0, length);
            out.flush();
            return null;
        }

        IncomingPacket receive() {
            try {
                int length = in.readInt();
                if (incoming.length < length) {
                    incoming = new byte[length];
                }
                in.readFully(incoming, 0, length);
                return new IncomingPacket(ByteBuffer.wrap(incoming, 0, length).order(ByteOrder.LITTLE_ENDIAN));
            } catch (IOException e) {
                throw new UncheckedIOException("Another worker of this training run has failed", e);
            }
        }

        void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
