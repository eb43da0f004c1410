package org.demur.training;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.demur.sae.train.Collective;

/**
 * Workers in several processes: one connection between each two, over which packets stream in pieces. A worker sends to one
 * other at a time and receives from one at a time, so that all its transport takes the memory of two pieces, however large
 * the packets and however many the workers. A worker that fails closes its connections, and the others fail with it instead
 * of waiting.
 */
final class SocketCollective implements Collective {
    private static final int TIMEOUT_MILLIS = 600_000;

    private final int rank;
    private final Peer[] peers;
    private final ExecutorService sender;
    private final OutgoingPacket outgoing = new OutgoingPacket();
    private final IncomingPacket incoming = new IncomingPacket();

    private SocketCollective(int rank, Peer[] peers) {
        this.rank = rank;
        this.peers = peers;
        this.sender = Executors.newSingleThreadExecutor(task -> {
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
    public <P extends Packet> List<P> exchange(IntFunction<P> packets, PacketReader<P> reader) {
        // In its i-th turn every worker sends to the i-th after it and receives from the i-th before it.
        Future<?> sending = sender.submit(() -> {
            for (int turn = 1; turn < peers.length; turn++) {
                int to = (rank + turn) % peers.length;
                outgoing.send(packets.apply(to), peers[to].out);
            }
            return null;
        });
        Packet[] received = new Packet[peers.length];
        received[rank] = packets.apply(rank);
        for (int turn = 1; turn < peers.length; turn++) {
            int from = (rank - turn + peers.length) % peers.length;
            received[from] = incoming.receive(from, peers[from].in, reader);
        }
        finish(sending);
        @SuppressWarnings("unchecked") // All of them are this worker's packet or came from the reader.
        List<P> all = (List<P>) Arrays.asList(received);
        return all;
    }

    private static void finish(Future<?> sending) {
        try {
            sending.get();
        } catch (ExecutionException e) {
            throw new WorkerLostException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while sending to other workers", e);
        }
    }

    @Override
    public void close() {
        sender.shutdownNow();
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

        void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
